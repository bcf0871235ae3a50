#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "sae/core/aligned.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

/// The columns (images) of neighbouring tiles as bytes, one byte a pixel: what a node holds of the data. Each
/// tile is stored in byte panels of 16 columns (see kernels.hpp), the last one padded with zeros.
class ColumnTiles {
  public:
    /// Room for the tiles [first, last) of `tiling`, of `rows` bytes a column, all 0.
    ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last);
    /// The same in `memory` that the ranks of a node share: bytes(rows, tiling, first, last) bytes, all 0,
    /// which must outlive this.
    ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last, std::span<std::byte> memory);
    [[nodiscard]] static std::size_t bytes(Index rows, const Tiling& tiling, Index first, Index last);

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index first_tile() const { return first_tile_; }
    [[nodiscard]] Index last_tile() const { return last_tile_; }
    [[nodiscard]] const Tiling& tiling() const { return tiling_; }
    /// The columns [first_column, last_column) are held here.
    [[nodiscard]] Index first_column() const { return tiling_.begin(first_tile_); }
    [[nodiscard]] Index last_column() const { return tiling_.begin(last_tile_); }

    /// The tiles [first, last) of these, as a view: it uses the memory of this, which must outlive it.
    [[nodiscard]] ColumnTiles part(Index first, Index last) const;

    /// Stores whole columns, one after the other in `bytes`, from `column` on, which is counted over all
    /// ranks.
    void put(Index column, std::span<const std::uint8_t> bytes);

    ColumnTiles(ColumnTiles&&) = default;
    ColumnTiles(const ColumnTiles&) = delete;
    ColumnTiles& operator=(const ColumnTiles&) = delete;
    ColumnTiles& operator=(ColumnTiles&&) = default;
    ~ColumnTiles() = default;

    /// The panels of `tile`, which must be held here.
    [[nodiscard]] BytePanels panels(Index tile) const;

    /// The bytes that are held, padding included.
    [[nodiscard]] Index size() const { return static_cast<Index>(bytes_.size()); }

  private:
    [[nodiscard]] Index offset(Index tile) const;

    Index rows_;
    Tiling tiling_;
    Index first_tile_;
    Index last_tile_;
    std::vector<Index> offsets_;
    AlignedVector<std::uint8_t> own_;
    std::span<std::uint8_t> bytes_;
};

}  // namespace sae
