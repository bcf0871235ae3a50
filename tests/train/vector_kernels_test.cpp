#include "vector_kernels.hpp"

#include <bit>
#include <cmath>
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

/// The bits of all results of a set's loops for 13 pairs.
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
    set.push({v[0].data(), v[1].data(), v[2].data(), v[3].data()}, at.data(), at.size(), 7, pair_length,
             sums.data());
    set.combine(-0.7, v[3].data(), terms.data(), terms.size(), pair_length, d.data());
    for (Index c = 0; c < chunks; ++c)
        set.split(at[7] + c * pair_length, s.data() + c * chunk_length, y.data() + c * chunk_length);
    // Sums of three ranks, a length that no vector divides.
    std::vector<std::vector<std::int64_t>> addends(3);
    std::vector<const std::int64_t*> addend;
    for (std::size_t rank = 0; rank < addends.size(); ++rank) {
        for (const double value : some_vector(300 + static_cast<int>(rank)))
            addends[rank].push_back(static_cast<std::int64_t>(value * 0x1p60));
        addend.push_back(addends[rank].data());
    }
    AlignedVector<double> gradient(length - 7);
    set.finish_gradient(addend.data(), addend.size(), 5, static_cast<Index>(gradient.size()) - 1, v[4].data(),
                        {0x1p-45, 1237, 3e-3}, gradient.data());
    std::vector<std::uint64_t> bits = {
        std::bit_cast<std::uint64_t>(set.dot(d.data(), v[4].data())),
        std::bit_cast<std::uint64_t>(set.advance(v[0].data(), 0.3, d.data(), trial.data()))};
    for (const auto* values : {&sums, &d, &trial, &s, &y, &gradient}) {
        for (const double value : *values) bits.push_back(std::bit_cast<std::uint64_t>(value));
    }
    return bits;
}

/// Whether the set at this place of the list runs here: the kernels' list has the same order.
bool runs_here(std::size_t place) {
    return kernel_sets()[place]->runs_here();
}

}  // namespace

TEST_CASE("the loops of all instruction sets give the same bits") {
    REQUIRE(sets().size() == kernel_sets().size());
    const auto expected = results(*sets().back());
    for (std::size_t place = 0; place < sets().size(); ++place) {
        INFO(kernel_sets()[place]->name);
        CHECK(sets()[place]->vector_bits == kernel_sets()[place]->vector_bits);
        if (runs_here(place)) CHECK((results(*sets()[place]) == expected));
    }
}

TEST_CASE("the loops compute what their comments say, each product fused with its sum") {
    const auto x = some_vector(1), d = some_vector(2), theta = some_vector(3);
    for (std::size_t place = 0; place < sets().size(); ++place) {
        if (!runs_here(place)) continue;
        const Set& set = *sets()[place];
        INFO(kernel_sets()[place]->name);
        double dots[lanes] = {}, moved_dots[lanes] = {};
        AlignedVector<double> trial(length);
        const double moved = set.advance(x.data(), 0.3, d.data(), trial.data());
        bool same = true;
        for (std::size_t i = 0; i < length; ++i) {
            const double expected = std::fma(0.3, d[i], x[i]);
            same = same && trial[i] == expected;
            dots[i % lanes] = std::fma(x[i], d[i], dots[i % lanes]);
            moved_dots[i % lanes] = std::fma(expected, expected, moved_dots[i % lanes]);
        }
        CHECK(same);
        CHECK(moved == sum_lanes(moved_dots));
        CHECK(set.dot(x.data(), d.data()) == sum_lanes(dots));

        // One pair: d = a g, then its s, then its y.
        AlignedVector<float> pair(2 * length);
        for (Index c = 0; c < chunks; ++c)
            set.join(x.data() + c * chunk_length, d.data() + c * chunk_length, pair.data() + c * pair_length);
        AlignedVector<double> direction(length);
        const Term term{pair.data(), 0.7, -1.3};
        set.combine(-0.9, theta.data(), &term, 1, pair_length, direction.data());
        for (std::size_t i = 0; i < length; ++i) {
            const auto s = static_cast<double>(static_cast<float>(x[i]));
            const auto y = static_cast<double>(static_cast<float>(d[i]));
            same = same && direction[i] == std::fma(-1.3, y, std::fma(0.7, s, -0.9 * theta[i]));
        }
        CHECK(same);

        const std::int64_t sums[] = {1234567890123456789, -3, 0, 987654321};
        const std::int64_t* const one = sums;
        AlignedVector<double> gradient(4);
        set.finish_gradient(&one, 1, 0, 4, theta.data(), {0x1p-45, 1237, 3e-3}, gradient.data());
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(gradient[i] == std::fma(3e-3, theta[i], static_cast<double>(sums[i]) * 0x1p-45 / 1237));
    }
}
