#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "sae/core/aligned.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

/// The columns (images) of a run of whole tiles, as bytes: one byte a pixel, in panels of 16 columns, the
/// columns that pad a tile's last panel being 0. A node's part of the data.
class ColumnTiles {
  public:
    /// Room for the tiles [first, last) of `tiling`, of `rows` bytes a column, all 0.
    ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last);
    /// The same in memory of bytes(rows, tiling, first, last), all 0, which must outlive this: the ranks of a
    /// node share it.
    ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last, std::span<std::byte> memory);
    [[nodiscard]] static std::size_t bytes(Index rows, const Tiling& tiling, Index first, Index last);

    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index first_tile() const { return first_tile_; }
    [[nodiscard]] Index last_tile() const { return last_tile_; }
    [[nodiscard]] const Tiling& tiling() const { return tiling_; }
    /// The columns [first_column, last_column) are held here.
    [[nodiscard]] Index first_column() const { return tiling_.begin(first_tile_); }
    [[nodiscard]] Index last_column() const { return tiling_.begin(last_tile_); }

    /// The tiles [first, last) of this run, in the memory of this, which must outlive the result.
    [[nodiscard]] ColumnTiles part(Index first, Index last) const;

    /// Puts whole columns, one after the other, at `column` (counted over all ranks) and on.
    void put(Index column, std::span<const std::uint8_t> bytes);

    ColumnTiles(ColumnTiles&&) = default;
    ColumnTiles(const ColumnTiles&) = delete;
    ColumnTiles& operator=(const ColumnTiles&) = delete;
    ColumnTiles& operator=(ColumnTiles&&) = default;
    ~ColumnTiles() = default;

    /// The panels of `tile`, which must be one of this run.
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
