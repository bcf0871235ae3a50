#pragma once
#include <array>
#include <cstdint>

namespace sae {

/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
/// as 1, 2, 3", SC11): a bijection of 128-bit counters for each 64-bit key. It has no state, so that the
/// number of an index depends on nothing else, neither order nor rank.
struct Philox {
    using Counter = std::array<std::uint32_t, 4>;
    using Key = std::array<std::uint32_t, 2>;

    /// The 128 random bits that belong to `counter` under `key`; words in the order of Random123.
    [[nodiscard]] static Counter block(Counter counter, Key key);

    /// The block of (seed, stream, index): key = seed, counter = index | stream << 64, low words first.
    [[nodiscard]] static Counter block(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
};

/// The multiple of 2^-53 in [0, 1) of the top 53 bits of high << 32 | low.
[[nodiscard]] double unit_interval(std::uint32_t high, std::uint32_t low);

/// A number uniform on the multiples of 2^-53 in [0, 1), from the first two words of the Philox block of
/// (seed, stream, index): the same on every machine. Different streams of one seed are independent.
[[nodiscard]] double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

}  // namespace sae
