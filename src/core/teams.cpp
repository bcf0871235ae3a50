#include "teams.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sae/core/length.hpp"

namespace sae {

namespace {

// What a division into teams costs, compared with the work of one core on its columns. Chosen by simulation
// (tests/bench/simulate) on an Intel Xeon (Emerald Rapids, AVX-512).

/// Cores that share tiles wait for the slowest of them after each wave.
constexpr double of_waiting = 0.02;
/// The smaller a core's part of dW2 and dW1, the more it reads for each operation.
constexpr double of_reading = 0.05;
/// To add up the gradients of two teams takes as long as the work on so many columns.
constexpr double columns_of_a_sum = 12;

/// Columns of a wave for each core that shares its tiles. With fewer, each core reads all weights for few
/// columns and waits more often; with more, the tiles of two waves need more memory.
constexpr Index columns_each = 128;

/// The sums of all teams take at most so much memory for each core of the node.
constexpr std::size_t most_bytes_each = std::size_t{16} << 20;

/// What it costs that `cores` cores (on average over the teams) share tiles.
double sharing(double cores) {
    return cores == 1 ? 0 : of_waiting + of_reading * (std::sqrt(cores) - 1);
}

/// A team's cores and tiles.
struct Part {
    int first_core, cores;
    Index first_tile, last_tile;
};

/// `count` parts with near-equal numbers of cores, and tiles in proportion to the cores.
std::vector<Part> divide(Index first, Index last, int cores, int count) {
    const auto tile = [&](int core) { return first + (2 * (last - first) * core + cores) / (2 * cores); };
    std::vector<Part> parts;
    for (int team = 0; team < count; ++team) {
        const auto from = static_cast<int>(Tiling::share(cores, team, count));
        const auto to = static_cast<int>(Tiling::share(cores, team + 1, count));
        parts.push_back({from, to - from, tile(from), tile(to)});
    }
    return parts;
}

/// The time of `count` teams, compared with an even share of one core's work; infinite if a team has no tile.
double estimate(const Tiling& tiling, Index first, Index last, int cores, int count) {
    const auto columns = static_cast<double>(tiling.begin(last) - tiling.begin(first));
    double most = 0;
    for (const Part& part : divide(first, last, cores, count)) {
        const Index own = tiling.begin(part.last_tile) - tiling.begin(part.first_tile);
        if (own == 0) return std::numeric_limits<double>::infinity();
        most = std::max(most, static_cast<double>(own) / part.cores);
    }
    return most * cores / columns * (1 + sharing(static_cast<double>(cores) / count)) +
           columns_of_a_sum * (count - 1) / columns;
}

}  // namespace

std::vector<Team> make_teams(const Tiling& tiling, Index first, Index last, int cores,
                             std::size_t sum_bytes) {
    const auto fit =
        static_cast<Index>(most_bytes_each * length(cores) / std::max<std::size_t>(1, sum_bytes));
    const auto most = static_cast<int>(std::min({static_cast<Index>(cores), last - first, fit}));
    int best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (int count = 1; count <= most; ++count) {
        const double time = estimate(tiling, first, last, cores, count);
        if (time >= least) continue;
        least = time;
        best = count;
    }
    std::vector<Team> teams;
    for (const Part& part : divide(first, last, cores, best))
        teams.push_back({part.first_core, part.cores,
                         make_waves(tiling, part.first_tile, part.last_tile, part.cores, columns_each)});
    return teams;
}

std::vector<int> sizes_of(std::span<const Team> teams) {
    std::vector<int> sizes;
    for (const Team& team : teams) sizes.push_back(team.cores);
    return sizes;
}

}  // namespace sae
