#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sae::mpi {

/// Where a rank may run. It has a fixed size, so it can be sent as it is.
struct Place {
    static constexpr std::size_t max_cores = 4096;
    std::array<char, 256> host{};                            ///< ends with a 0
    std::array<unsigned long long, max_cores / 64> cores{};  ///< a bit each

    void add(std::size_t core) { cores[core / 64] |= 1ULL << (core % 64); }
    [[nodiscard]] int count() const;
    /// Whether the two may compete for a core.
    [[nodiscard]] bool shares_with(const Place& other) const;
};

/// The processors (hardware threads) that this process is bound to; none if the system does not report them.
[[nodiscard]] std::vector<std::size_t> bound_processors();

/// This process: the cores of the processors that it is bound to. Two hardware threads of a core count as
/// one, because matrix products gain nothing from the second.
[[nodiscard]] Place this_place();

/// A place of the given processors; `core_of` says which core a processor belongs to, by the number of one of
/// its processors.
[[nodiscard]] Place make_place(const std::string& host, std::span<const std::size_t> processors,
                               const std::function<std::size_t(std::size_t)>& core_of);

/// The rank that has the fewest cores for itself, if the cores of each rank are divided by the ranks that may
/// run on one of them.
struct Share {
    int cores = 0;     ///< that it has for itself; 0 where ranks outnumber cores
    int crowd = 0;     ///< ranks that may run on its cores, itself included
    int of = 0;        ///< the number of those cores
    std::string host;  ///< on which it is
};
[[nodiscard]] Share least_share(std::span<const Place> places);

}  // namespace sae::mpi
