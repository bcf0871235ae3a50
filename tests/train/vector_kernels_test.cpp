#include "vector_kernels.hpp"

#include <bit>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "sae/core/aligned.hpp"
#include "sae/core/kernels.hpp"

using namespace sae;
using namespace sae::kernels;

namespace {

constexpr std::size_t length = block_length;
constexpr Index chunks = block_length / chunk_length;

AlignedVector<double> some_vector(int seed) {
    AlignedVector<double> result(length);
    auto state = static_cast<std::uint64_t>(seed) + 1;
    for (double& value : result) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        value = static_cast<double>(static_cast<std::int64_t>(state) >> 11) * 0x1p-52;
    }
    return result;
}

/// The bits of all that the loops of a set make of 13 pairs.
std::vector<std::uint64_t> results(const Set& set) {
    constexpr std::size_t count = 13;
    std::vector<AlignedVector<double>> v;
    for (int k = 0; k < 5; ++k) v.push_back(some_vector(k));
    std::vector<AlignedVector<float>> pairs(count, AlignedVector<float>(2 * length));
    std::vector<float*> at;
    std::vector<Term> terms;
    for (std::size_t k = 0; k < count; ++k) {
        at.push_back(pairs[k].data());
        terms.push_back(
            {pairs[k].data(), 0.3 * static_cast<double>(k) - 1, 1e-3 / static_cast<double>(k + 1)});
        const auto s = some_vector(100 + static_cast<int>(k));
        const auto y = some_vector(200 + static_cast<int>(k));
        for (Index c = 0; c < chunks; ++c)
            set.join(s.data() + c * chunk_length, y.data() + c * chunk_length, at[k] + c * pair_length);
    }
    AlignedVector<double> sums(count * dots_per_pair * lanes), d(length), trial(length), s(length), y(length);
    set.push({v[0].data(), v[1].data(), v[2].data(), v[3].data()}, at, 7, pair_length, sums.data());
    set.combine(-0.7, v[3].data(), terms, pair_length, d.data());
    for (Index c = 0; c < chunks; ++c)
        set.split(at[7] + c * pair_length, s.data() + c * chunk_length, y.data() + c * chunk_length);
    std::vector<std::uint64_t> bits = {
        std::bit_cast<std::uint64_t>(set.dot(d.data(), v[4].data())),
        std::bit_cast<std::uint64_t>(set.advance(v[0].data(), 0.3, d.data(), trial.data()))};
    for (const auto* values : {&sums, &d, &trial, &s, &y}) {
        for (const double value : *values) bits.push_back(std::bit_cast<std::uint64_t>(value));
    }
    return bits;
}

}  // namespace

TEST_CASE("the loops of all instruction sets with fused multiply-adds give the same bits") {
    const Set* first = nullptr;
    for (const Set* set : sets()) {
        if (set->vector_bits > best_kernels().vector_bits || !set->fused) continue;
        if (first == nullptr) first = set;
        INFO(set->vector_bits << " bits");
        CHECK((results(*set) == results(*first)));
    }
}
