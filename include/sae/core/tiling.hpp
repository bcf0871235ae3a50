#pragma once
#include "sae/core/shape.hpp"
#include "sae/core/summation.hpp"

namespace sae {

/// Neighbouring tiles [first, last).
struct TileRange {
    Index first = 0;
    Index last = 0;

    friend constexpr bool operator==(const TileRange&, const TileRange&) = default;
};

/// How the columns (images) of all ranks are cut into tiles. The number of columns alone decides it, never
/// ranks or threads, so that each partial sum is the same wherever it is computed. Tiles are near-equal runs
/// of whole units of summation::tile_unit columns; the last tile may lack some.
class Tiling {
  public:
    /// For 1 to 2^40 columns; otherwise throws Error.
    explicit Tiling(Index columns);

    [[nodiscard]] Index columns() const { return columns_; }
    [[nodiscard]] Index tiles() const { return tiles_; }
    /// The first column of `tile`; begin(tiles()) == columns().
    [[nodiscard]] Index begin(Index tile) const;
    /// The number of columns of `tile`.
    [[nodiscard]] Index width(Index tile) const { return begin(tile + 1) - begin(tile); }
    /// The number of columns of the widest tile.
    [[nodiscard]] Index widest() const { return widest_; }
    /// The first tile of part number `part`, if `parts` cores or ranks divide the tiles into near-equal runs.
    /// A part ends where the next begins; it may be empty.
    [[nodiscard]] Index first_tile(Index part, Index parts) const { return share(tiles_, part, parts); }

    /// Where part number `part` begins, if `count` things are divided into `parts` near-equal runs:
    /// share(count, 0, parts) is 0, and share(count, parts, parts) is `count`.
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
