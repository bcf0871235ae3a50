#include "work_shares.hpp"

#include <algorithm>

#include "sae/core/summation.hpp"

namespace sae {

namespace {

/// Half blocks in the one at `index`.
Index halves(Extent extent, Index index) {
    const Index length = std::min(extent.width, extent.length - index * extent.width);
    return 2 * length > extent.width ? 2 : 1;
}

/// The first block of `core`, in row-major order.
Index cut(Extent rows, Extent columns, int core, int cores) {
    const Index height = pieces(rows.length, rows.width), breadth = pieces(columns.length, columns.width);
    const auto all = [](Extent extent, Index count) {
        return count == 0 ? 0 : 2 * (count - 1) + halves(extent, count - 1);
    };
    // All in units of a quarter of a block / (2 cores).
    const Index target = 2 * core * all(rows, height) * all(columns, breadth);
    Index before = 0, block = 0;
    for (; block < height * breadth; ++block) {
        const Index here = cores * halves(rows, block / breadth) * halves(columns, block % breadth);
        if (before + here > target) break;
        before += 2 * here;
    }
    return block;
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

std::vector<Block> blocks_of(Extent rows, Extent columns, int core, int cores) {
    const Index height = pieces(rows.length, rows.width), breadth = pieces(columns.length, columns.width);
    Index next = cut(rows, columns, core, cores);
    const Index end = cut(rows, columns, core + 1, cores);
    std::vector<Block> blocks;
    while (next < end) {
        // To the end of a row, or as many whole rows as there are.
        const Index row = next / breadth, first = next % breadth;
        const Index last_row = first > 0 ? row + 1 : std::max(row + 1, end / breadth);
        const Index last = std::min(breadth, first + end - next);
        const auto elements = [](Extent of, Index begin, Index behind) {
            return Range{begin * of.width, std::min(of.length, behind * of.width)};
        };
        blocks.push_back({elements(rows, row, std::min(height, last_row)), elements(columns, first, last)});
        next = (last_row - 1) * breadth + last;
    }
    return blocks;
}

}  // namespace sae
