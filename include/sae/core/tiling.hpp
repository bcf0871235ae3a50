#pragma once
#include "sae/core/shape.hpp"
#include "sae/core/summation.hpp"

namespace sae {

/// How the columns are cut into tiles: by their number alone, never by ranks or threads, so that each partial
/// sum is the same wherever it is computed. Tiles are near-equal runs of whole units of summation::tile_unit
/// columns; the last one may lack some.
class Tiling {
  public:
    /// The tiles of 1 to 2^40 columns; an Error if they are none or more.
    explicit Tiling(Index columns);

    [[nodiscard]] Index columns() const { return columns_; }
    [[nodiscard]] Index tiles() const { return tiles_; }
    /// The first column of `tile`; begin(tiles()) == columns().
    [[nodiscard]] Index begin(Index tile) const;
    /// The number of columns of `tile`.
    [[nodiscard]] Index width(Index tile) const { return begin(tile + 1) - begin(tile); }
    /// The number of columns of the widest tile.
    [[nodiscard]] Index widest() const { return widest_; }
    /// The first tile of `part` of `parts` (of a rank, that is): a run of whole tiles each, the last ends
    /// where the next begins. Parts may be empty.
    [[nodiscard]] Index first_tile(Index part, Index parts) const { return share(tiles_, part, parts); }

    /// Where `part` of `parts` near-equal runs of `count` things begins.
    [[nodiscard]] static constexpr Index share(Index count, Index part, Index parts) {
        return count / parts * part + count % parts * part / parts;
    }

  private:
    [[nodiscard]] Index units() const { return (columns_ + summation::tile_unit - 1) / summation::tile_unit; }

    Index columns_;
    Index tiles_;
    Index widest_ = 0;
};

}  // namespace sae
