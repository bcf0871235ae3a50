#include "work_shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sae/core/summation.hpp"

namespace sae {

namespace {

Index sum(std::span<const Index> costs) {
    return std::accumulate(costs.begin(), costs.end(), Index{0});
}

/// Neighbouring columns of blocks.
struct Band {
    Index first;
    Index count;
};

std::vector<Band> bands_of(Index breadth, Index band) {
    std::vector<Band> bands;
    for (Index first = 0; first < breadth; first += band)
        bands.push_back({first, std::min(band, breadth - first)});
    return bands;
}

/// The first block in a band of which at least half is behind `target`, in halves of a cost, with `before`
/// ahead of the band.
Index cut(std::span<const Index> rows, std::span<const Index> columns, Index before, double target) {
    const Index a_row = sum(columns);
    Index block = 0;
    for (const Index row : rows) {
        if (static_cast<double>(before + 2 * row * a_row) <= target) {
            before += 2 * row * a_row;
            block += std::ssize(columns);
            continue;
        }
        for (const Index column : columns) {
            if (static_cast<double>(before + row * column) > target) return block;
            before += 2 * row * column;
            ++block;
        }
    }
    return block;
}

/// The blocks [next, end) of a band in row-major order: to the end of a row, whole rows, a part of a row.
void add_rectangles(const Extent& rows, const Extent& columns, const Band& band, Index next, Index end,
                    std::vector<Block>& blocks) {
    const auto elements = [](const Extent& of, Index begin, Index behind) {
        return Range{begin * of.width, std::min(of.length, behind * of.width)};
    };
    while (next < end) {
        const Index row = next / band.count, first = next % band.count;
        const Index last_row = first > 0 ? row + 1 : std::max(row + 1, end / band.count);
        const Index last = std::min(band.count, first + end - next);
        blocks.push_back(
            {elements(rows, row, last_row), elements(columns, band.first + first, band.first + last)});
        next = (last_row - 1) * band.count + last;
    }
}

}  // namespace

std::vector<Wave> make_waves(const Tiling& tiling, Index first, Index last, int cores, Index columns_each) {
    std::vector<Wave> waves;
    const Index tiles = last - first;
    if (tiles == 0) return waves;
    const Index together =
        cores == 1
            ? 1
            : std::clamp<Index>((cores * columns_each + tiling.widest() - 1) / tiling.widest(), 1, tiles);
    const Index count = (tiles + together - 1) / together;
    for (Index i = 0; i < count; ++i)
        waves.push_back({first + Tiling::share(tiles, i, count), first + Tiling::share(tiles, i + 1, count)});
    return waves;
}

bool divide_by_rows(std::span<const Wave> waves, int cores) {
    return cores > 1 && waves.size() == 1 && waves.front().tiles() == 1;
}

std::vector<Piece> pieces_of(const Tiling& tiling, const Wave& wave, int core, int cores, Index wide) {
    // Tiles begin at multiples of tile_unit, a multiple of the column group; so each cut begins a column
    // group of its tile.
    const Index begin = tiling.begin(wave.first_tile), end = tiling.begin(wave.last_tile);
    // Cuts at multiples of `wide` make a share up to `wide` columns longer: a 16th of it at most.
    const bool many = (end - begin) / cores >= 16 * wide;
    const Index unit = many ? wide : summation::column_group;
    const auto cut = [&](int which) {
        const Index units = (end - begin + unit - 1) / unit;
        return std::min(end, begin + unit * Tiling::share(units, which, cores));
    };
    std::vector<Piece> pieces;
    const Index first = cut(core), last = cut(core + 1);
    for (Index tile = wave.first_tile; tile < wave.last_tile; ++tile) {
        const Index tile_begin = tiling.begin(tile);
        const Index from = std::max(first, tile_begin), to = std::min(last, tiling.begin(tile + 1));
        if (from < to) pieces.push_back({tile, from - tile_begin, to - tile_begin});
    }
    return pieces;
}

Extent::Extent(Index all, Index of_block) : length(all), width(of_block), read(of_block) {
    for (Index begin = 0; begin < length; begin += width)
        costs.push_back(2 * (length - begin) > width ? 2 : 1);
}

std::vector<Block> blocks_between(const Extent& rows, const Extent& columns, Index band, double from,
                                  double to) {
    const auto all = static_cast<double>(2 * sum(rows.costs) * sum(columns.costs));
    std::vector<Block> blocks;
    Index before = 0;
    for (const Band& each : bands_of(std::ssize(columns.costs), band)) {
        const auto own =
            std::span(columns.costs)
                .subspan(static_cast<std::size_t>(each.first), static_cast<std::size_t>(each.count));
        add_rectangles(rows, columns, each, cut(rows.costs, own, before, from * all),
                       cut(rows.costs, own, before, to * all), blocks);
        before += 2 * sum(rows.costs) * sum(own);
    }
    return blocks;
}

Index best_band(const Extent& rows, const Extent& columns, int cores) {
    const Index breadth = std::ssize(columns.costs);
    const double blocks = static_cast<double>(std::ssize(rows.costs) * breadth) / cores;
    const double square = blocks * static_cast<double>(rows.read) / static_cast<double>(columns.read);
    return std::clamp<Index>(std::lround(std::sqrt(square)), 1, std::max<Index>(1, breadth));
}

Index cost_of(const Extent& rows, const Extent& columns, std::span<const Block> blocks) {
    const auto cost = [](const Extent& of, Range range) {
        Index all = 0;
        for (Index i = range.first / of.width; i < pieces(range.last, of.width); ++i)
            all += of.costs[static_cast<std::size_t>(i)];
        return all;
    };
    Index all = 0;
    for (const Block& block : blocks) all += cost(rows, block.rows) * cost(columns, block.columns);
    return all;
}

std::vector<Block> blocks_of(const Extent& rows, const Extent& columns, int core, int cores) {
    return blocks_between(rows, columns, best_band(rows, columns, cores), static_cast<double>(core) / cores,
                          static_cast<double>(core + 1) / cores);
}

}  // namespace sae
