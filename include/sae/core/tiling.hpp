#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// How the columns are cut into tiles: by their number alone, never by ranks or threads, so that each partial
/// sum is the same wherever it is computed. Tiles are near-equal runs of whole units of 8 or 16 columns (half
/// a vector panel); few columns make small tiles, so that several ranks find work.
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
    [[nodiscard]] Index units() const { return (columns_ + unit_ - 1) / unit_; }

    Index columns_;
    Index unit_;
    Index tiles_;
    Index widest_ = 0;
};

}  // namespace sae
