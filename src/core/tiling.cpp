#include "sae/core/tiling.hpp"

#include <algorithm>
#include <string>

#include "sae/core/error.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

/// Within it no product of share() overflows.
constexpr Index limit = Index{1} << 40;

}  // namespace

Tiling::Tiling(Index columns) : columns_(columns) {
    if (columns < 1) throw Error("there must be at least one column, not " + std::to_string(columns));
    if (columns > limit) {
        throw Error(std::to_string(columns) + " images or columns are asked for, expected at most " +
                    std::to_string(limit));
    }
    const Index target =
        std::clamp(columns / summation::tile_share, summation::least_tile, summation::most_tile);
    tiles_ = std::max<Index>(1, (columns + target / 2) / target);
    // All tiles are a number of units wide or, where it does not divide, one more, the last tile among these;
    // only the last may lack some columns.
    widest_ = std::max(width(0), width(tiles_ - 1));
    if (units() % tiles_ > 1) widest_ = summation::tile_unit * (units() / tiles_ + 1);
}

Index Tiling::begin(Index tile) const {
    return std::min(columns_, summation::tile_unit * share(units(), tile, tiles_));
}

}  // namespace sae
