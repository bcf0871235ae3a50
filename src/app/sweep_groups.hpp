#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sweep_settings.hpp"

namespace sae {

/// The cores of a group of ranks, or of all ranks.
struct GroupCores {
    int nodes = 1;
    int cores = 1;  ///< on all nodes
};

/// What decides how long a sweep takes.
struct SweepWork {
    std::vector<SweepSetting> settings;
    Index pixels = 0;      ///< of an image
    Index iterations = 0;  ///< of each setting, at most
};

/// An estimate of the seconds that the training of a setting takes with one evaluation an iteration, from
/// times that were measured on one kind of processor (docs/scaling.md). On another one all estimates are
/// wrong by about the same factor, which changes no choice.
[[nodiscard]] double training_seconds(const SweepWork& work, const SweepSetting& setting,
                                      const GroupCores& group = {});

/// The numbers `which` of settings sorted by training_seconds() on one core, the longest first, equal ones in
/// their order.
[[nodiscard]] std::vector<Index> longest_first(const SweepWork& work, std::vector<Index> which);

/// The estimate for the whole sweep, its settings handed out in their order, on the ranks of these `hosts` (a
/// number each) with `threads` threads each, in `groups` groups, each of which takes the next setting when it
/// has finished one.
[[nodiscard]] double sweep_seconds(const SweepWork& work, std::span<const std::int64_t> hosts, int threads,
                                   int groups);

/// The number of groups for which this estimate is least: at most one for each rank and each setting. One
/// group shares each setting among all cores, many groups have barriers of fewer cores and no messages.
[[nodiscard]] int choose_groups(const SweepWork& work, std::span<const std::int64_t> hosts, int threads);

}  // namespace sae
