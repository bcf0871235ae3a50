#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "sae/core/crew.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"
#include "sae/core/tiling.hpp"
#include "teams.hpp"

namespace sae {

/// How many numbers one column takes in each of the buffers of SharedTiles.
struct ColumnLengths {
    Index a2 = 0;      ///< in panels of hidden units
    Index delta3 = 0;  ///< in strips of outputs
    Index delta2 = 0;  ///< in unit panels
    /// In panels of columns.
    Index a2_columns = 0, delta3_columns = 0, chains = 0;

    ColumnLengths(const Shape& shape, const Widths& widths)
        : a2(pieces(shape.hidden, widths.panel) * widths.panel),
          delta3(pieces(shape.outputs, widths.strip) * widths.strip),
          delta2(pieces(shape.hidden, widths.unit_panel) * widths.unit_panel),
          a2_columns(shape.hidden),
          delta3_columns(shape.outputs),
          chains(pieces(shape.outputs, summation::squares_chain)) {}
};

/// How many tiles of a team are in memory at the same time.
struct TileSlots {
    Index tiles_in_wave = 0;
    /// 2 for several cores: while some still add up the gradient of a wave, others begin the next one.
    Index waves = 1;

    explicit TileSlots(const Team& team) {
        for (const Wave& wave : team.waves) tiles_in_wave = std::max(tiles_in_wave, wave.tiles());
        if (team.cores > 1 && team.waves.size() > 1) waves = 2;
    }
    [[nodiscard]] Index count() const { return waves * tiles_in_wave; }
    [[nodiscard]] static Index count_of(std::span<const Team> teams) {
        Index count = 0;
        for (const Team& team : teams) count += TileSlots(team).count();
        return count;
    }
};

/// The values of tiles that one core of a crew writes and others read, in the layouts of the kernels (see
/// kernels.hpp):
///
/// - a2, delta3 and delta2 of the tiles of one or two waves of each team, k over a tile's columns: the
/// operands of dW2 and
///   dW1. The sparse network keeps a2 of all tiles from its first pass to its second.
/// - Of a single tile that is divided by rows also a2, delta3 and the chains of squares in panels of columns,
///   k over hidden units, outputs or chains: the operands of the layers. Otherwise each core keeps its own.
template <class T>
class SharedTiles {
  public:
    SharedTiles(const Shape& shape, const Widths& widths, const Tiling& tiling, std::span<const Team> teams,
                bool keep_a2, Crew& crew)
        : lengths_(shape, widths),
          widest_(tiling.widest()),
          first_tile_(has_tiles(teams) ? teams.front().first_tile() : 0),
          first_column_(tiling.begin(first_tile_)),
          keep_a2_(keep_a2),
          tiling_(tiling) {
        const Index slots = set_slots(teams);
        a2_ = take(crew, a2_length(lengths_, tiling, teams, keep_a2));
        delta3_ = take(crew, slots * widest_ * lengths_.delta3);
        delta2_ = take(crew, slots * widest_ * lengths_.delta2);
        panel_columns_ = panel_columns(widths, tiling, teams);
        a2_columns_ = take(crew, panel_columns_ * lengths_.a2_columns);
        delta3_columns_ = take(crew, panel_columns_ * lengths_.delta3_columns);
        chains_ = take(crew, panel_columns_ * lengths_.chains);
    }

    /// The bytes that this requests of a crew.
    [[nodiscard]] static std::size_t bytes(const Shape& shape, const Widths& widths, const Tiling& tiling,
                                           std::span<const Team> teams, bool keep_a2) {
        const ColumnLengths lengths(shape, widths);
        const Index slots = TileSlots::count_of(teams);
        const Index columns = panel_columns(widths, tiling, teams);
        const auto share = [](Index length) {
            return Crew::share(static_cast<std::size_t>(length) * sizeof(T));
        };
        return share(a2_length(lengths, tiling, teams, keep_a2)) +
               share(slots * tiling.widest() * lengths.delta3) +
               share(slots * tiling.widest() * lengths.delta2) + share(columns * lengths.a2_columns) +
               share(columns * lengths.delta3_columns) + share(columns * lengths.chains);
    }

    /// Where a tile's values are.
    [[nodiscard]] T* a2(Index tile) const {
        if (keep_a2_) return a2_ + (tiling_.begin(tile) - first_column_) * lengths_.a2;
        return a2_ + slot(tile) * widest_ * lengths_.a2;
    }
    [[nodiscard]] T* delta3(Index tile) const { return delta3_ + slot(tile) * widest_ * lengths_.delta3; }
    [[nodiscard]] T* delta2(Index tile) const { return delta2_ + slot(tile) * widest_ * lengths_.delta2; }

    /// Whether the only tile is divided by rows; only then are there the following buffers.
    [[nodiscard]] bool by_rows() const { return panel_columns_ > 0; }
    [[nodiscard]] T* a2_columns() const { return a2_columns_; }
    [[nodiscard]] T* delta3_columns() const { return delta3_columns_; }
    [[nodiscard]] T* chains() const { return chains_; }

  private:
    [[nodiscard]] Index slot(Index tile) const { return slot_[static_cast<std::size_t>(tile - first_tile_)]; }

    /// Gives each tile its slot; returns the number of slots.
    Index set_slots(std::span<const Team> teams) {
        Index first = 0;
        for (const Team& team : teams) {
            const TileSlots slots(team);
            Index wave_slot = 0;
            for (const Wave& wave : team.waves) {
                for (Index tile = wave.first_tile; tile < wave.last_tile; ++tile)
                    slot_.push_back(first + wave_slot * slots.tiles_in_wave + tile - wave.first_tile);
                wave_slot = (wave_slot + 1) % slots.waves;
            }
            first += slots.count();
        }
        return first;
    }

    static bool has_tiles(std::span<const Team> teams) { return !teams.front().waves.empty(); }

    static Index a2_length(const ColumnLengths& lengths, const Tiling& tiling, std::span<const Team> teams,
                           bool keep_a2) {
        if (!has_tiles(teams)) return 0;
        if (!keep_a2) return TileSlots::count_of(teams) * tiling.widest() * lengths.a2;
        const Index first = teams.front().first_tile(), last = teams.back().waves.back().last_tile;
        return (tiling.begin(last) - tiling.begin(first)) * lengths.a2;
    }
    /// The columns, whole panels, of the tile that is divided by rows; 0 if there is none.
    static Index panel_columns(const Widths& widths, const Tiling& tiling, std::span<const Team> teams) {
        return teams.size() == 1 && divide_by_rows(teams.front().waves, teams.front().cores)
                   ? pieces(tiling.widest(), widths.panel) * widths.panel
                   : 0;
    }
    static T* take(Crew& crew, Index length) {
        return reinterpret_cast<T*>(crew.memory(static_cast<std::size_t>(length) * sizeof(T)).data());
    }

    ColumnLengths lengths_;
    Index widest_;
    Index first_tile_;
    Index first_column_;
    bool keep_a2_;
    Tiling tiling_;
    std::vector<Index> slot_;  ///< of each tile of this node
    T* a2_ = nullptr;
    T* delta3_ = nullptr;
    T* delta2_ = nullptr;
    Index panel_columns_ = 0;
    T* a2_columns_ = nullptr;
    T* delta3_columns_ = nullptr;
    T* chains_ = nullptr;
};

}  // namespace sae
