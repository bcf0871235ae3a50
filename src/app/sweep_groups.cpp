#include "sweep_groups.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"
#include "sae/core/tiling.hpp"
#include "sweep_line.hpp"

namespace sae {
namespace {

// Measured by `bench` on an Intel Xeon (Emerald Rapids, AVX-512), but for the messages, which are assumed.

/// Of a pixel of an image and a hidden unit: all five matrix products.
constexpr double product_seconds = 1.35e-10;
/// What the products take beyond those of the hidden units, as if there were so many more.
constexpr double more_units = 15;
/// Of a parameter, in packing and in the step.
constexpr double parameter_seconds = 1.5e-8;
/// Of an iteration on one core, whatever its size: what one rank does while the others wait.
constexpr double iteration_seconds = 5e-5;
/// Of a training, on one core: its pictures, report and model.
constexpr double start_seconds = 0.15;
/// The meetings of an iteration, and seconds of each.
constexpr double meetings = 40;
constexpr double meeting_seconds = 1e-6;
/// Of a message between nodes, and of a byte.
constexpr double message_seconds = 5e-6;
constexpr double byte_seconds = 2e-10;

/// Elements of the optimiser's vectors that one core owns together.
constexpr Index block = 1024;

/// The part of `count` things that the busiest of `cores` cores has.
double largest_share(Index count, Index cores) {
    return static_cast<double>(pieces(count, cores)) / static_cast<double>(count);
}

/// Nodes have whole tiles, and their cores whole column groups of these.
double share_of_columns(Index columns, const GroupCores& group) {
    const Index tiles = Tiling(columns).tiles();
    const Index of_node = pieces(columns * pieces(tiles, group.nodes), tiles);
    const Index cores = pieces(group.cores, group.nodes);
    return static_cast<double>(of_node) / static_cast<double>(columns) *
           largest_share(pieces(of_node, summation::column_group), cores);
}

/// Theta and gradient pass each node once; sums and commands go to all nodes in log2(nodes) steps.
double seconds_of_messages(Index parameters, int nodes) {
    if (nodes == 1) return 0;
    const double others = nodes - 1;
    return message_seconds * (6 * others + 10 * std::ceil(std::log2(nodes))) +
           2 * 8 * byte_seconds * static_cast<double>(parameters) * others / nodes;
}

GroupCores cores_of(std::span<const std::int64_t> hosts, int threads) {
    const std::set<std::int64_t> different(hosts.begin(), hosts.end());
    return {static_cast<int>(different.size()), static_cast<int>(hosts.size()) * threads};
}

}  // namespace

double training_seconds(const SweepWork& work, const SweepSetting& setting, const GroupCores& group) {
    const Index parameters = autoencoder(work.pixels, setting.hidden).size();
    const double products = (static_cast<double>(setting.hidden) + more_units) *
                            static_cast<double>(work.pixels) * static_cast<double>(setting.train_count);
    const double iteration = product_seconds * products * share_of_columns(setting.train_count, group) +
                             parameter_seconds * static_cast<double>(parameters) *
                                 largest_share(pieces(parameters, block), group.cores) +
                             iteration_seconds + (group.cores > 1 ? meetings * meeting_seconds : 0) +
                             seconds_of_messages(parameters, group.nodes);
    return start_seconds + static_cast<double>(work.iterations) * iteration;
}

std::vector<Index> longest_first(const SweepWork& work, std::vector<Index> which) {
    const auto seconds = [&](Index index) {
        return training_seconds(work, work.settings[static_cast<std::size_t>(index)]);
    };
    std::ranges::stable_sort(which, std::greater<>(), seconds);
    return which;
}

double sweep_seconds(const SweepWork& work, std::span<const std::int64_t> hosts, int threads, int groups) {
    const int ranks = static_cast<int>(hosts.size());
    std::vector<GroupCores> cores;
    for (int first = 0, rank = 1; rank <= ranks; ++rank) {
        if (rank < ranks && group_of(rank, ranks, groups) == group_of(first, ranks, groups)) continue;
        cores.push_back(cores_of(
            hosts.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rank - first)), threads));
        first = rank;
    }
    std::vector<double> busy_until(cores.size(), 0);
    for (const SweepSetting& setting : work.settings) {
        const auto next = std::ranges::min_element(busy_until);
        *next += training_seconds(work, setting, cores[static_cast<std::size_t>(next - busy_until.begin())]);
    }
    return std::ranges::max(busy_until);
}

int choose_groups(const SweepWork& work, std::span<const std::int64_t> hosts, int threads) {
    const auto most = static_cast<int>(std::min(hosts.size(), work.settings.size()));
    int best = most;
    double least = sweep_seconds(work, hosts, threads, most);
    for (int groups = most - 1; groups >= 1; --groups) {
        const double seconds = sweep_seconds(work, hosts, threads, groups);
        if (seconds >= least) continue;
        least = seconds;
        best = groups;
    }
    return best;
}

}  // namespace sae
