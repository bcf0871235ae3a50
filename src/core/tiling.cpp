#include "sae/core/tiling.hpp"

#include <algorithm>
#include <string>

#include "sae/core/error.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

/// The most columns: no product in share() overflows.
constexpr Index limit = Index{1} << 40;

}  // namespace

Tiling::Tiling(Index columns) : columns_(columns) {
    if (columns < 1) throw Error("there must be at least one column, not " + std::to_string(columns));
    if (columns > limit) {
        throw Error(std::to_string(columns) + " images or columns are asked for, expected at most " +
                    std::to_string(limit));
    }
    const Index target =
        std::clamp(columns / summation::tile_share, summation::min_tile, summation::max_tile);
    tiles_ = std::max<Index>(1, (columns + target / 2) / target);
    // Tiles are units() / tiles_ units wide, or one more where that leaves a rest. The last tile is one of
    // the wider ones, but it may lack some columns.
    widest_ = std::max(width(0), width(tiles_ - 1));
    if (units() % tiles_ > 1) widest_ = summation::tile_unit * (units() / tiles_ + 1);
}

Index Tiling::begin(Index tile) const {
    return std::min(columns_, summation::tile_unit * share(units(), tile, tiles_));
}

}  // namespace sae
