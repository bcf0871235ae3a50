#include "sae/core/column_tiles.hpp"

#include <algorithm>
#include <cassert>

namespace sae {

namespace {

Index tile_bytes(Index rows, const Tiling& tiling, Index tile) {
    return pieces(tiling.width(tile), byte_panel_width) * byte_panel_width * rows;
}

}  // namespace

ColumnTiles::ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last)
    : ColumnTiles(rows, tiling, first, last, {}) {
    own_.resize(bytes(rows, tiling, first, last));
    bytes_ = own_;
}

ColumnTiles::ColumnTiles(Index rows, const Tiling& tiling, Index first, Index last,
                         std::span<std::byte> memory)
    : rows_(rows),
      tiling_(tiling),
      first_tile_(first),
      last_tile_(last),
      bytes_(reinterpret_cast<std::uint8_t*>(memory.data()), memory.size()) {
    assert(0 <= first && first <= last && last <= tiling.tiles());
    Index size = 0;
    for (Index tile = first; tile < last; ++tile) {
        offsets_.push_back(size);
        size += tile_bytes(rows, tiling, tile);
    }
}

std::size_t ColumnTiles::bytes(Index rows, const Tiling& tiling, Index first, Index last) {
    Index size = 0;
    for (Index tile = first; tile < last; ++tile) size += tile_bytes(rows, tiling, tile);
    return static_cast<std::size_t>(size);
}

ColumnTiles ColumnTiles::part(Index first, Index last) const {
    assert(first_tile_ <= first && first <= last && last <= last_tile_);
    const std::size_t before = bytes(rows_, tiling_, first_tile_, first);
    return {rows_, tiling_, first, last,
            std::as_writable_bytes(bytes_.subspan(before, bytes(rows_, tiling_, first, last)))};
}

Index ColumnTiles::offset(Index tile) const {
    return offsets_[static_cast<std::size_t>(tile - first_tile_)];
}

BytePanels ColumnTiles::panels(Index tile) const {
    return {bytes_.data() + offset(tile), rows_};
}

void ColumnTiles::put(Index column, std::span<const std::uint8_t> bytes) {
    const Index count = static_cast<Index>(bytes.size()) / rows_;
    assert(count * rows_ == static_cast<Index>(bytes.size()));
    assert(first_column() <= column && column + count <= last_column());
    Index tile = first_tile_;
    for (Index i = 0; i < count; ++i) {
        while (tiling_.begin(tile + 1) <= column + i) ++tile;
        const Index at = column + i - tiling_.begin(tile);
        std::uint8_t* to = bytes_.data() + offset(tile) + at / byte_panel_width * rows_ * byte_panel_width +
                           at % byte_panel_width;
        const std::uint8_t* from = bytes.data() + i * rows_;
        for (Index k = 0; k < rows_; ++k) to[k * byte_panel_width] = from[k];
    }
}

}  // namespace sae
