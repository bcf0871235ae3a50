#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sae::mpi {

/// Where a rank may run. Of a fixed size, to be sent as it is.
struct Place {
    static constexpr std::size_t most_cores = 4096;
    std::array<char, 256> host{};                             ///< ends with a 0
    std::array<unsigned long long, most_cores / 64> cores{};  ///< a bit each

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

/// The cores of each rank for itself.
struct Share {
    int cores = 0;     ///< of the rank that has the least; 0 where ranks outnumber cores
    int crowd = 0;     ///< ranks that share the cores of the rank that has the least, itself included
    int of = 0;        ///< those cores
    std::string host;  ///< where that is
};

/// The least share of all ranks; each rank's cores are divided by the ranks that may run on one of them.
[[nodiscard]] Share least_share(std::span<const Place> places);

}  // namespace sae::mpi
