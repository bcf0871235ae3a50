#include "sae/core/random.hpp"

namespace sae {
namespace {

// Section 3.3 of the paper: the multipliers, and the Weyl increments of the key (golden ratio, sqrt(3) - 1).
constexpr std::uint64_t multiplier_0 = 0xD2511F53;
constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;
constexpr std::uint32_t weyl_1 = 0xBB67AE85;
constexpr int rounds = 10;

constexpr std::uint32_t high_word(std::uint64_t x) {
    return static_cast<std::uint32_t>(x >> 32);
}

constexpr std::uint32_t low_word(std::uint64_t x) {
    return static_cast<std::uint32_t>(x);
}

}  // namespace

Philox::Counter Philox::block(Counter counter, Key key) {
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t product0 = multiplier_0 * counter[0];
        const std::uint64_t product1 = multiplier_1 * counter[2];
        counter = {high_word(product1) ^ counter[1] ^ key[0], low_word(product1),
                   high_word(product0) ^ counter[3] ^ key[1], low_word(product0)};
        key[0] += weyl_0;
        key[1] += weyl_1;
    }
    return counter;
}

Philox::Counter Philox::block(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
    return block({low_word(index), high_word(index), low_word(stream), high_word(stream)},
                 {low_word(seed), high_word(seed)});
}

double unit_interval(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 11;
    return static_cast<double>(bits) * 0x1p-53;
}

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
    const Philox::Counter words = Philox::block(seed, stream, index);
    return unit_interval(words[0], words[1]);
}

}  // namespace sae
