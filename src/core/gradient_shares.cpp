#include "gradient_shares.hpp"

#include <algorithm>

#include "sae/core/length.hpp"

namespace sae {

namespace {

/// Columns of which one of the rows [first, last) is not 0.
Index nonzero_columns(BytePanels x, Index columns, Index first, Index last) {
    Index count = 0;
    for (Index column = 0; column < columns; column += byte_panel_width) {
        const std::uint8_t* const panel = x.bytes + column * x.rows;
        std::uint8_t any[byte_panel_width] = {};
        for (Index row = first; row < last; ++row)
            for (Index i = 0; i < byte_panel_width; ++i) any[i] |= panel[row * byte_panel_width + i];
        count += byte_panel_width - std::ranges::count(any, 0);
    }
    return count;
}

/// The columns of the first tile.
Index sampled_columns(const ColumnTiles& x) {
    return x.first_tile() < x.last_tile() ? x.tiling().width(x.first_tile()) : 0;
}

/// Blocks of inputs. What one costs for each unit, in multiply-adds: four for each column in which a group of
/// four rows is not 0, and two for each column in which it looks for them. That takes as long as to read four
/// numbers; the bytes are as long as two (estimates).
Extent blocks_of_inputs(const ColumnTiles& x) {
    Extent inputs(x.rows(), byte_panel_width);
    inputs.read = 6;
    const Index columns = sampled_columns(x);
    Index first = 0;
    for (Index& cost : inputs.costs) {
        const Index last = std::min(x.rows(), first + byte_panel_width);
        Index groups = 0;
        for (; columns > 0 && first < last; first += nonzero_width)
            groups += nonzero_columns(x.panels(x.first_tile()), columns, first,
                                      std::min(last, first + nonzero_width));
        cost = nonzero_width * groups + nonzero_width / 2 * columns + 1;
    }
    return inputs;
}

/// Blocks that cost `of_each` for each of their rows or columns, rounded up to half a block.
Extent by_length(Index length, Index width, Index of_each = 1) {
    Extent extent(length, width);
    for (Index& cost : extent.costs) cost *= width / 2 * of_each;
    return extent;
}

}  // namespace

GradientShares::GradientShares(const Shape& shape, const Widths& widths, const ColumnTiles& x, int cores)
    : outputs_(by_length(shape.outputs, widths.strip)),
      units_of_w2_(by_length(shape.hidden, widths.panel, std::max<Index>(1, sampled_columns(x)))),
      inputs_(blocks_of_inputs(x)),
      units_of_w1_(by_length(shape.hidden, widths.unit_panel)),
      cores_(cores) {
    const Index all = cost_of(outputs_, units_of_w2_, blocks_of(outputs_, units_of_w2_, 0, 1)) +
                      cost_of(inputs_, units_of_w1_, blocks_of(inputs_, units_of_w1_, 0, 1));
    double sum = 0;
    for (int core = 0; core < cores; ++core) {
        sum +=
            static_cast<double>(std::max<Index>(0, all / cores - cost_of(inputs_, units_of_w1_, w1(core))));
        parts_of_w2_.push_back(sum);
    }
    for (double& part : parts_of_w2_) part = sum > 0 ? part / sum : 1;
    parts_of_w2_.back() = 1;
}

std::vector<Block> GradientShares::w1(int core) const {
    return blocks_of(inputs_, units_of_w1_, core, cores_);
}

std::vector<Block> GradientShares::w2_apart(int core) const {
    return blocks_of(outputs_, units_of_w2_, core, cores_);
}

std::vector<Block> GradientShares::w2_together(int core) const {
    const double from = core > 0 ? parts_of_w2_[length(core - 1)] : 0, to = parts_of_w2_[length(core)];
    return blocks_between(outputs_, units_of_w2_, best_band(outputs_, units_of_w2_, cores_), from, to);
}

}  // namespace sae
