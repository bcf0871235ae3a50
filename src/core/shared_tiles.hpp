#pragma once
#include <span>
#include <vector>

#include "sae/core/crew.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"
#include "sae/core/tiling.hpp"
#include "work_shares.hpp"

namespace sae {

/// How many numbers one column takes in the buffers that the cores of a crew share.
struct ColumnLengths {
    Index a2 = 0;      ///< in panels of hidden units
    Index delta3 = 0;  ///< in strips of outputs
    Index delta2 = 0;  ///< in panels of units
    /// In panels of columns: a2, delta3 and the chains of squares.
    Index a2_column, delta3_column, chains;

    ColumnLengths(const Shape& shape, const Widths& widths)
        : a2(pieces(shape.hidden, widths.panel) * widths.panel),
          delta3(pieces(shape.outputs, widths.strip) * widths.strip),
          delta2(pieces(shape.hidden, widths.unit_panel) * widths.unit_panel),
          a2_column(shape.hidden),
          delta3_column(shape.outputs),
          chains(pieces(shape.outputs, summation::squares_chain)) {}
};

/// Which tiles are in memory at the same time.
struct TileSlots {
    Index tiles_in_wave = 0;
    Index buffers = 1;  ///< two: while some cores add up a wave's gradient, others begin the next wave

    TileSlots(std::span<const Wave> waves, int cores) {
        for (const Wave& wave : waves)
            tiles_in_wave = std::max(tiles_in_wave, wave.last_tile - wave.first_tile);
        if (cores > 1 && waves.size() > 1) buffers = 2;
    }
    [[nodiscard]] Index count() const { return buffers * tiles_in_wave; }
};

/// Whether the cores divide all layers but the first by outputs and units, not by columns: where there is one
/// tile. It has too few columns for even shares in the widths that kernels like, and the cores would read all
/// weights that the others have packed.
[[nodiscard]] inline bool divide_by_rows(std::span<const Wave> waves, int cores) {
    return cores > 1 && waves.size() == 1 && waves.front().last_tile - waves.front().first_tile == 1;
}

/// What the cores of a crew hand to each other of a wave's tiles: a2, delta3 and delta2, k over a tile's
/// columns; of a single tile that is divided by rows also a2, delta3 and the squares in panels of columns.
/// The sparse network keeps a2 of all tiles, from its first pass to its second.
template <class T>
class SharedTiles {
  public:
    SharedTiles(const Shape& shape, const Widths& widths, const Tiling& tiling, std::span<const Wave> waves,
                bool keep_a2, Crew& crew)
        : lengths_(shape, widths),
          slots_(waves, crew.cores()),
          widest_(tiling.widest()),
          first_tile_(waves.empty() ? 0 : waves.front().first_tile),
          first_column_(tiling.begin(first_tile_)),
          keep_a2_(keep_a2),
          tiling_(tiling) {
        for (std::size_t w = 0; w < waves.size(); ++w)
            for (Index tile = waves[w].first_tile; tile < waves[w].last_tile; ++tile)
                slot_.push_back(static_cast<Index>(w) % slots_.buffers * slots_.tiles_in_wave + tile -
                                waves[w].first_tile);
        a2_ = take(crew, a2_length(lengths_, slots_, tiling, waves, keep_a2));
        delta3_ = take(crew, slots_.count() * widest_ * lengths_.delta3);
        delta2_ = take(crew, slots_.count() * widest_ * lengths_.delta2);
        columns_ = by_columns(widths, tiling, waves, crew.cores());
        a2_column_ = take(crew, columns_ * lengths_.a2_column);
        delta3_column_ = take(crew, columns_ * lengths_.delta3_column);
        chains_ = take(crew, columns_ * lengths_.chains);
    }

    /// The memory that this takes of a crew of `cores`.
    [[nodiscard]] static std::size_t bytes(const Shape& shape, const Widths& widths, const Tiling& tiling,
                                           std::span<const Wave> waves, bool keep_a2, int cores) {
        const ColumnLengths lengths(shape, widths);
        const TileSlots slots(waves, cores);
        const Index columns = by_columns(widths, tiling, waves, cores);
        const auto share = [](Index length) {
            return Crew::share(static_cast<std::size_t>(length) * sizeof(T));
        };
        return share(a2_length(lengths, slots, tiling, waves, keep_a2)) +
               share(slots.count() * tiling.widest() * lengths.delta3) +
               share(slots.count() * tiling.widest() * lengths.delta2) + share(columns * lengths.a2_column) +
               share(columns * lengths.delta3_column) + share(columns * lengths.chains);
    }

    [[nodiscard]] T* a2(Index tile) const {
        if (keep_a2_) return a2_ + (tiling_.begin(tile) - first_column_) * lengths_.a2;
        return a2_ + slot(tile) * widest_ * lengths_.a2;
    }
    [[nodiscard]] T* delta3(Index tile) const { return delta3_ + slot(tile) * widest_ * lengths_.delta3; }
    [[nodiscard]] T* delta2(Index tile) const { return delta2_ + slot(tile) * widest_ * lengths_.delta2; }

    /// Whether there is what follows: of the only tile, in panels of columns.
    [[nodiscard]] bool by_rows() const { return columns_ > 0; }
    [[nodiscard]] T* a2_columns() const { return a2_column_; }
    [[nodiscard]] T* delta3_columns() const { return delta3_column_; }
    [[nodiscard]] T* chains() const { return chains_; }

  private:
    [[nodiscard]] Index slot(Index tile) const { return slot_[static_cast<std::size_t>(tile - first_tile_)]; }

    static Index a2_length(const ColumnLengths& lengths, const TileSlots& slots, const Tiling& tiling,
                           std::span<const Wave> waves, bool keep_a2) {
        if (waves.empty()) return 0;
        if (!keep_a2) return slots.count() * tiling.widest() * lengths.a2;
        return (tiling.begin(waves.back().last_tile) - tiling.begin(waves.front().first_tile)) * lengths.a2;
    }
    /// The columns, whole panels, of the tile that is divided by rows; 0 if none is.
    static Index by_columns(const Widths& widths, const Tiling& tiling, std::span<const Wave> waves,
                            int cores) {
        return divide_by_rows(waves, cores) ? pieces(tiling.widest(), widths.panel) * widths.panel : 0;
    }
    static T* take(Crew& crew, Index length) {
        return reinterpret_cast<T*>(crew.memory(static_cast<std::size_t>(length) * sizeof(T)).data());
    }

    ColumnLengths lengths_;
    TileSlots slots_;
    Index widest_;
    Index first_tile_;
    Index first_column_;
    bool keep_a2_;
    Tiling tiling_;
    std::vector<Index> slot_;
    T* a2_ = nullptr;
    T* delta3_ = nullptr;
    T* delta2_ = nullptr;
    Index columns_ = 0;
    T* a2_column_ = nullptr;
    T* delta3_column_ = nullptr;
    T* chains_ = nullptr;
};

}  // namespace sae
