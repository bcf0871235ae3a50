#include "sae/app/thread_count.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "sae/app/number_text.hpp"

namespace sae {

namespace {

/// The processors that this process may run on, and its host's name.
struct Place {
    std::array<char, 256> host{};
    cpu_set_t processors{};
};

Place this_place() {
    Place place;
    gethostname(place.host.data(), place.host.size() - 1);
    sched_getaffinity(0, sizeof place.processors, &place.processors);
    return place;
}

bool overlap(const Place& a, const Place& b) {
    cpu_set_t common;
    CPU_AND(&common, &a.processors, &b.processors);
    return a.host == b.host && CPU_COUNT(&common) > 0;
}

std::optional<Index> from_environment() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    if (text == nullptr) return {};
    const auto count = read_integer<Index>(text);
    return count && *count >= 1 ? count : std::nullopt;
}

}  // namespace

ThreadCount choose_threads(const mpi::Communicator& comm, std::optional<Index> wanted) {
    const std::vector<Place> places = comm.all_gather_value(this_place());
    Index share = std::numeric_limits<Index>::max();
    for (const Place& place : places) {
        const auto sharing =
            std::ranges::count_if(places, [&](const Place& other) { return overlap(place, other); });
        share = std::min<Index>(share, CPU_COUNT(&place.processors) / sharing);
    }
    share = std::max<Index>(1, share);
    Index threads = wanted ? *wanted : from_environment().value_or(share);
    comm.broadcast_value(threads);
    ThreadCount result{static_cast<int>(std::min<Index>(threads, 1024)), {}};
    if (threads > share)
        result.warning =
            std::to_string(threads) + " threads a rank are more than the " + std::to_string(share) +
            " processor(s) that each rank has to itself: write --threads " + std::to_string(share) +
            ", start fewer ranks, or give each rank more with mpirun --map-by slot:PE=" +
            std::to_string(threads);
    return result;
}

}  // namespace sae
