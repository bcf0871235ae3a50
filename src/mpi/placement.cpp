#include "sae/mpi/placement.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <fstream>

namespace sae::mpi {

namespace {

/// The lowest processor of the core to which `processor` (a hardware thread) belongs; `processor` itself if
/// Linux does not say.
std::size_t first_sibling(std::size_t processor) {
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(processor) +
                       "/topology/thread_siblings_list");
    std::size_t sibling = processor;
    file >> sibling;
    return file ? sibling : processor;
}

}  // namespace

std::vector<std::size_t> bound_processors() {
    std::vector<unsigned long> mask(Place::max_cores / (8 * sizeof(unsigned long)));
    const std::size_t bytes = mask.size() * sizeof mask.front();
    std::vector<std::size_t> processors;
    auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
    if (sched_getaffinity(0, bytes, set) != 0) return processors;
    for (std::size_t i = 0; i < Place::max_cores; ++i)
        if (CPU_ISSET_S(i, bytes, set)) processors.push_back(i);
    return processors;
}

int Place::count() const {
    int sum = 0;
    for (const auto word : cores) sum += std::popcount(word);
    return sum;
}

bool Place::shares_with(const Place& other) const {
    if (host != other.host) return false;
    for (std::size_t i = 0; i < cores.size(); ++i)
        if ((cores[i] & other.cores[i]) != 0) return true;
    return false;
}

Place make_place(const std::string& host, std::span<const std::size_t> processors,
                 const std::function<std::size_t(std::size_t)>& core_of) {
    Place place;
    std::copy_n(host.begin(), std::min(host.size(), place.host.size() - 1), place.host.begin());
    for (const std::size_t processor : processors) {
        const std::size_t core = core_of(processor);
        if (core < Place::max_cores) place.add(core);
    }
    return place;
}

Place this_place() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return make_place(host.data(), bound_processors(), first_sibling);
}

Share least_share(std::span<const Place> places) {
    Share least;
    bool any = false;
    for (const Place& place : places) {
        const auto crowd = static_cast<int>(std::ranges::count_if(
            places, [&](const Place& other) { return &other == &place || place.shares_with(other); }));
        const int cores = place.count();
        const bool less = static_cast<long>(cores) * least.crowd < static_cast<long>(least.of) * crowd;
        if (any && !less) continue;
        least = {cores / crowd, crowd, cores, place.host.data()};
        any = true;
    }
    return least;
}

}  // namespace sae::mpi
