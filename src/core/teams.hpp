#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sae/core/tiling.hpp"
#include "work_shares.hpp"

namespace sae {

/// Neighbouring cores of a node that work on the same tiles, and their tiles. The cores of a team share one
/// integer sum of dW1 and dW2 and meet after each wave; different teams have different tiles and meet only
/// where all cores of the node do. At the end the sums of the teams are added up.
struct Team {
    int first_core = 0;
    int cores = 1;
    std::vector<Wave> waves;  ///< of its tiles, in order; at least one if the node has tiles

    [[nodiscard]] Index first_tile() const { return waves.front().first_tile; }
};

/// Divides the tiles [first, last) and the cores of a node among the number of teams that has the least
/// estimated time: see teams.cpp. `sum_bytes` is what the sum of a team takes; large sums limit the number of
/// teams. Without tiles there is one team, which has no waves. This affects speed and memory only.
[[nodiscard]] std::vector<Team> make_teams(const Tiling& tiling, Index first, Index last, int cores,
                                           std::size_t sum_bytes);

/// The number of cores of each team.
[[nodiscard]] std::vector<int> sizes_of(std::span<const Team> teams);

}  // namespace sae
