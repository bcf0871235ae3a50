#include "gradient_shares.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "catch.hpp"

using namespace sae;

namespace {

constexpr Shape shape{784, 250, 784};
constexpr Widths widths{16, 12, 48, 8, 64, 128};
constexpr Index count = 100;

/// Images of which all pixels outside of rows 300 to 400 are 0.
ColumnTiles images() {
    ColumnTiles x(shape.inputs, Tiling(count), 0, Tiling(count).tiles());
    std::vector<std::uint8_t> image(static_cast<std::size_t>(shape.inputs));
    std::fill(image.begin() + 300, image.begin() + 400, std::uint8_t{9});
    for (Index column = 0; column < count; ++column) x.put(column, image);
    return x;
}

/// How often each element is in a block.
class Cover {
  public:
    Cover(Index rows, Index columns) : columns_(columns), times_(static_cast<std::size_t>(rows * columns)) {}
    void add(const std::vector<Block>& blocks) {
        for (const Block& block : blocks)
            for (Index row = block.rows.first; row < block.rows.last; ++row)
                for (Index column = block.columns.first; column < block.columns.last; ++column)
                    ++times_[static_cast<std::size_t>(row * columns_ + column)];
    }
    [[nodiscard]] bool once() const { return std::ranges::count(times_, 1) == std::ssize(times_); }

  private:
    Index columns_;
    std::vector<int> times_;
};

/// The multiply-adds of a share, for each image.
Index multiply_adds(const std::vector<Block>& w2, const std::vector<Block>& w1) {
    Index sum = 0;
    for (const Block& b : w2) sum += (b.rows.last - b.rows.first) * (b.columns.last - b.columns.first);
    for (const Block& b : w1) {
        const Index nonzero = std::min<Index>(b.rows.last, 400) - std::max<Index>(b.rows.first, 300);
        sum += std::max<Index>(0, nonzero) * (b.columns.last - b.columns.first);
    }
    return sum;
}

}  // namespace

TEST_CASE("the shares of dW2 and dW1 cover each of them once") {
    const ColumnTiles x = images();
    for (const int cores : {1, 2, 3, 8, 64, 192, 2000}) {
        const GradientShares shares(shape, widths, x, cores);
        Cover w1(shape.inputs, shape.hidden), together_w2(shape.outputs, shape.hidden),
            apart_w2(shape.outputs, shape.hidden);
        for (int core = 0; core < cores; ++core) {
            together_w2.add(shares.w2_together(core));
            w1.add(shares.w1(core));
            apart_w2.add(shares.w2_apart(core));
        }
        CHECK((w1.once() && together_w2.once() && apart_w2.once()));
    }
}

TEST_CASE("dW2 and dW1 together take all cores as long, where most inputs are 0") {
    const ColumnTiles x = images();
    for (const int cores : {2, 8, 64}) {
        const GradientShares shares(shape, widths, x, cores);
        Index most = 0, all = 0;
        for (int core = 0; core < cores; ++core) {
            const Index own = multiply_adds(shares.w2_together(core), shares.w1(core));
            most = std::max(most, own);
            all += own;
        }
        CHECK(static_cast<double>(most) < 1.2 * static_cast<double>(all) / cores);
    }
}

TEST_CASE("a host without tiles has shares too") {
    const ColumnTiles none(shape.inputs, Tiling(count), 1, 1);
    CHECK(!GradientShares(shape, widths, none, 2).w2_together(1).empty());
}
