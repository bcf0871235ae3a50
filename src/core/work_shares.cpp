#include "work_shares.hpp"

#include <algorithm>

#include "sae/core/summation.hpp"

namespace sae {

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

std::vector<Piece> pieces_of(const Tiling& tiling, const Wave& wave, int core, int cores, Index wide) {
    // Tiles begin at multiples of tile_unit, so a cut at a multiple of a divisor of it is one inside its
    // tile.
    const Index begin = tiling.begin(wave.first_tile), end = tiling.begin(wave.last_tile);
    constexpr Index most_loss = 16;  // of the columns: a share may be longer than needed by a 16th
    const bool many = (end - begin) / cores >= most_loss * wide;
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

std::vector<Blocks> blocks_of(Index rows, Index columns, int core, int cores) {
    std::vector<Blocks> blocks;
    const Index count = rows * columns;
    Index next = Tiling::share(count, core, cores);
    const Index end = Tiling::share(count, core + 1, cores);
    const auto take = [&](Index row, Index last_row, Index first, Index last) {
        if (row < last_row && first < last) blocks.push_back({row, last_row, first, last});
    };
    if (next % columns != 0) {
        const Index row = next / columns;
        const Index stop = std::min(end, (row + 1) * columns);
        take(row, row + 1, next % columns, stop - row * columns);
        next = stop;
    }
    if (next == end) return blocks;
    const Index last_row = end / columns;
    take(next / columns, last_row, 0, columns);
    next = last_row * columns;
    take(last_row, last_row + 1, 0, end - next);
    return blocks;
}

}  // namespace sae
