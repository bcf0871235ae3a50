#include "sae/core/kernels.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "catch.hpp"
#include "core/kernel_results.hpp"
#include "sae/core/error.hpp"

using namespace sae;
using sae::test::activation_scales;
using sae::test::ContainsSubstring;
using sae::test::Pixels;
using sae::test::TileProblem;
using sae::test::TileResults;
using sae::test::TileRun;

namespace {

/// The sets that this machine runs.
std::vector<const KernelSet*> sets_here() {
    std::vector<const KernelSet*> sets;
    for (const KernelSet* set : kernel_sets())
        if (set->runs_here()) sets.push_back(set);
    return sets;
}

template <class T>
std::vector<T> activations(const KernelSet& set, const std::vector<T>& z) {
    const auto& kernels = set.of<T>();
    const Widths& w = kernels.widths;
    const Index columns = static_cast<Index>(z.size());
    const Index groups = pieces(columns, nonzero_width);
    const auto panel = static_cast<std::size_t>(w.panel);
    AlignedVector<T> a2(z.size() * panel), sums(z.size() * panel), w1(static_cast<std::size_t>(w.unit_panel)),
        b1(w1.size());
    NonzeroRoom<T> x(groups, 1);
    std::copy(z.begin(), z.end(), x.groups().numbers);
    std::fill_n(x.groups().count, groups, 1);
    const double weight = 1;
    kernels.pack_units(&weight, 1, 0, 1, w1.data());
    kernels.hidden(x.groups(), columns, w1.data(), b1.data(), 1, 1, a2.data(), columns, sums.data());
    std::vector<T> a(z.size());
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = a2[i * panel];
    return a;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
void check_same(const TileResults<T>& a, const TileResults<T>& b) {
    CHECK(same_bits(a.x, b.x));
    CHECK(same_bits(a.a2, b.a2));
    CHECK(same_bits(a.group_sums, b.group_sums));
    CHECK(same_bits(a.a3, b.a3));
    CHECK(same_bits(a.delta3, b.delta3));
    CHECK(same_bits(a.delta3_strips, b.delta3_strips));
    CHECK(same_bits(a.g, b.g));
    CHECK(same_bits(a.delta2, b.delta2));
    CHECK(same_bits(a.squares, b.squares));
    CHECK(same_bits(a.squares_alone, b.squares_alone));
    CHECK(a.wholes == b.wholes);
    CHECK(a.rests == b.rests);
    CHECK(a.finite);
    CHECK(b.finite);
    CHECK(same_bits(a.magnitudes, b.magnitudes));
    CHECK(same_bits(a.b1, b.b1));
    CHECK(same_bits(a.b2, b.b2));
    CHECK(same_bits(a.w1, b.w1));
    CHECK(same_bits(a.w2, b.w2));
}

/// Sizes with and without whole panels, strips, column groups and vectors.
const std::vector<std::pair<Shape, Index>> sizes = {
    {{1, 1, 1}, 1},      {{5, 3, 2}, 7},       {{37, 11, 13}, 41},   {{64, 48, 24}, 64},
    {{97, 50, 29}, 129}, {{150, 103, 70}, 90}, {{20, 310, 291}, 24}, {{4, 4101, 12}, 9},
};

/// The tree of a column group of row `row` of a matrix with m columns, the group that begins at `first`.
template <class T>
T group_sum(const std::vector<T>& rows, Index row, Index m, Index first) {
    T c[8] = {};
    for (Index i = 0; i < 8 && first + i < m; ++i) c[i] = rows[static_cast<std::size_t>(row * m + first + i)];
    return ((c[0] + c[1]) + (c[2] + c[3])) + ((c[4] + c[5]) + (c[6] + c[7]));
}

}  // namespace

TEMPLATE_TEST_CASE("all sets give the same bits at all sizes, and so do runs of columns of a tile", "",
                   double, float) {
    const auto pixels = GENERATE(Pixels::mostly_zero, Pixels::nonzero, Pixels::mixed);
    for (const auto& [shape, columns] : sizes) {
        const TileProblem problem(shape, columns, 3, pixels);
        const TileRun<TestType> first(kernel_sets().back()->of<TestType>(), problem, columns + 8);
        for (const KernelSet* set : sets_here()) {
            for (const Index run : {columns + 8, Index{8}, Index{24}, Index{32}}) {
                const TileRun<TestType> other(set->of<TestType>(), problem, run);
                INFO(set->name << ", hidden " << shape.hidden << ", columns " << columns << " in runs of "
                               << run << ", pixels " << static_cast<int>(pixels));
                check_same(first.results(), other.results());
            }
        }
    }
}

TEMPLATE_TEST_CASE("a sum of activations that is not finite is found, wherever it is", "", double, float) {
    using T = TestType;
    constexpr Index hidden = 37;
    for (const KernelSet* set : sets_here()) {
        INFO(set->name);
        for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
            for (std::size_t j = 0; j < hidden; ++j) {
                AlignedVector<T> sums(hidden, T{0.5});
                std::vector<std::int64_t> wholes(hidden), rests(hidden);
                const auto finite = [&] {
                    return set->of<T>().add_activations(sums.data(), hidden, activation_scales, wholes.data(),
                                                        rests.data());
                };
                CHECK(finite());
                sums[j] = bad;
                CHECK_FALSE(finite());
            }
        }
    }
}

TEMPLATE_TEST_CASE("each element is one chain of fused multiply-adds, each sum a tree and then an integer",
                   "", double, float) {
    using T = TestType;
    const Shape s{37, 11, 13};
    const Index m = 41;
    const TileProblem problem(s, m, 4, GENERATE(Pixels::mostly_zero, Pixels::nonzero, Pixels::mixed));
    const auto at = [](Index i) { return static_cast<std::size_t>(i); };
    for (const KernelSet* set : sets_here()) {
        INFO(set->name);
        const TileRun<T> run(set->of<T>(), problem, 16);
        const TileResults<T>& r = run.results();
        for (Index i = 0; i < m; ++i) {
            double squares = 0;
            for (Index k = 0; k < s.outputs;) {
                T chain = 0;
                for (const Index end = std::min(k + 12, s.outputs); k < end; ++k) {
                    const T a = r.a3[at(i * s.outputs + k)];
                    const auto* const bytes = problem.y().bytes;
                    const T y = static_cast<T>(bytes[(i / 16 * s.outputs + k) * 16 + i % 16]) / T{255};
                    const T error = a - y;
                    chain = std::fma(error, error, chain);
                    CHECK(r.delta3[at(i * s.outputs + k)] == error * (a * (1 - a)));
                    CHECK(r.delta3_strips[at(k * m + i)] == r.delta3[at(i * s.outputs + k)]);
                }
                squares += static_cast<double>(chain);
            }
            CHECK(r.squares[at(i)] == squares);
            CHECK(r.squares_alone[at(i)] == squares);
            for (Index j = 0; j < s.hidden; ++j) {
                T g = 0;
                for (Index k = 0; k < s.outputs; ++k)
                    g = std::fma(r.delta3[at(i * s.outputs + k)],
                                 static_cast<T>(problem.theta[at(s.w2() + k * s.hidden + j)]), g);
                CHECK(r.g[at(i * s.hidden + j)] == g);
                const T a = r.a2[at(j * m + i)];
                CHECK(r.delta2[at(j * m + i)] ==
                      (g + static_cast<T>(problem.sparsity[at(j)])) * (a * (1 - a)));
            }
        }
        const auto rounded = [](T sum, double scale) {
            return std::llrint(static_cast<double>(sum) * scale);
        };
        for (Index j = 0; j < s.hidden; ++j) {
            std::int64_t b1 = 0, wholes = 0, rests = 0;
            for (Index i = 0; i < m; i += 8) {
                const auto sum = static_cast<double>(group_sum(r.a2, j, m, i));
                const std::int64_t whole = std::llrint(sum * activation_scales.whole);
                const double rest = sum - static_cast<double>(whole) * activation_scales.whole_unit;
                wholes += whole;
                rests += std::llrint(rest * activation_scales.rest);
                b1 += rounded(group_sum(r.delta2, j, m, i), problem.scales[at(j)]);
                CHECK(r.group_sums[at(i / 8 * s.hidden + j)] == group_sum(r.a2, j, m, i));
            }
            CHECK(r.b1[at(j)] == b1);
            CHECK(r.wholes[at(j)] == wholes);
            CHECK(r.rests[at(j)] == rests);
            for (Index k = 0; k < s.inputs; ++k) {
                T sum = 0;
                for (Index i = 0; i < m; ++i)
                    sum = std::fma(r.delta2[at(j * m + i)], r.x[at(i * s.inputs + k)], sum);
                CHECK(r.w1[at(j * s.inputs + k)] == 2 * rounded(sum, problem.scales[at(j)]));
            }
        }
        for (Index k = 0; k < s.outputs; ++k) {
            std::int64_t b2 = 0;
            for (Index i = 0; i < m; i += 8)
                b2 += rounded(group_sum(r.delta3_strips, k, m, i), problem.output_scale);
            CHECK(r.b2[at(k)] == b2);
            for (Index j = 0; j < s.hidden; ++j) {
                T sum = 0;
                for (Index i = 0; i < m; ++i)
                    sum = std::fma(r.a2[at(j * m + i)], r.delta3_strips[at(k * m + i)], sum);
                CHECK(r.w2[at(k * s.hidden + j)] == 2 * rounded(sum, problem.output_scale));
            }
        }
    }
}

TEST_CASE("a product is rounded to the nearest integer, ties to even, up to the largest") {
    // dW2 of one column, one hidden unit that is half on, and outputs that give all kinds of numbers.
    std::mt19937_64 random(9);
    constexpr Index outputs = 12 * 400;
    for (const KernelSet* set : sets_here()) {
        INFO(set->name);
        const TileKernels<double>& kernels = set->in_double;
        const auto panel = static_cast<std::size_t>(kernels.widths.panel);
        AlignedVector<double> a2(panel), strips(outputs);
        a2[0] = 1;
        for (double& x : strips) {
            const auto whole = static_cast<double>(static_cast<std::int64_t>(random()) >> (random() % 64));
            const double rest[] = {0, 0.5, -0.5, 0.25, 0x1p-30, 0.49999999999999994};
            x = (whole + rest[random() % 6]) / 2;
            if (std::abs(x) >= 0x1p62) x /= 4;
        }
        std::vector<std::int64_t> sums(outputs), expected(outputs);
        kernels.gradient_w2(a2.data(), strips.data(), 1, 1, {0, outputs}, {0, 1}, 1, true, sums.data());
        for (std::size_t k = 0; k < expected.size(); ++k) expected[k] = std::llrint(strips[k]);
        CHECK((sums == expected));

        // The same for whole rows of a panel, which are converted a vector at a time.
        const Index hidden = kernels.widths.panel;
        std::fill(a2.begin(), a2.end(), 1);
        sums.resize(sums.size() * panel);
        kernels.gradient_w2(a2.data(), strips.data(), 1, hidden, {0, outputs}, {0, hidden}, 1, true,
                            sums.data());
        bool same = true;
        for (std::size_t k = 0; k < sums.size(); ++k) same = same && sums[k] == expected[k / panel];
        CHECK(same);
    }
}

TEST_CASE("the logistic function is right to two units in the last place, for every z") {
    for (const KernelSet* set : sets_here()) {
        std::vector<double> z;
        std::mt19937_64 random(5);
        for (int i = 0; i < 200000; ++i) z.push_back(std::uniform_real_distribution<double>(-40, 40)(random));
        for (const double edge : {0.0, 1e-300, 700.0, -700.0, 708.5, -708.5, 1e10, -1e10}) z.push_back(edge);
        const auto a = activations<double>(*set, z);
        double worst = 0;
        for (std::size_t i = 0; i < z.size(); ++i) {
            const long double exact =
                1 / (1 + std::exp(-static_cast<long double>(std::clamp(z[i], -708.0, 708.0))));
            worst = std::max(worst,
                             static_cast<double>(std::abs((static_cast<long double>(a[i]) - exact) / exact)));
        }
        INFO(set->name);
        CHECK(worst < 4.5e-16);
        CHECK(std::isnan(activations<double>(*set, {std::nan("")})[0]));

        std::vector<float> zf(z.begin(), z.end());
        const auto af = activations<float>(*set, zf);
        double worst_single = 0;
        for (std::size_t i = 0; i < zf.size(); ++i) {
            const double exact = 1 / (1 + std::exp(-static_cast<double>(std::clamp(zf[i], -87.0F, 87.0F))));
            worst_single = std::max(worst_single, std::abs(static_cast<double>(af[i]) - exact) / exact);
        }
        CHECK(worst_single < 2.5e-7);
        CHECK(same_bits(a, activations<double>(*kernel_sets().back(), z)));
        CHECK(same_bits(af, activations<float>(*kernel_sets().back(), zf)));
    }
}

TEMPLATE_TEST_CASE("bytes become byte / 255, correctly rounded; rows of zeros are left out of a group", "",
                   double, float) {
    constexpr Index rows = 256, columns = 16;
    std::vector<std::uint8_t> bytes(rows * columns);
    for (std::size_t k = 0; k < rows; ++k)
        for (std::size_t i = 0; i < columns; ++i)
            bytes[k * columns + i] = i / 4 == k % 4 ? std::uint8_t{0} : static_cast<std::uint8_t>(k);
    for (const KernelSet* set : sets_here()) {
        const auto unit_panel = static_cast<std::uint32_t>(set->of<TestType>().widths.unit_panel);
        NonzeroRoom<TestType> room(4, rows);
        const NonzeroGroups<TestType> x = room.groups();
        set->of<TestType>().widen({bytes.data(), rows}, 0, columns, x);
        for (Index g = 0; g < 4; ++g) {
            Index n = g * rows;
            for (Index k = 1; k < rows; ++k) {
                if (k % 4 == g) continue;
                CHECK(x.offset[n] == static_cast<std::uint32_t>(k) * unit_panel * sizeof(TestType));
                for (Index i = 0; i < nonzero_width; ++i)
                    CHECK(x.numbers[n * nonzero_width + i] == static_cast<TestType>(k) / TestType{255});
                ++n;
            }
            CHECK(x.count[g] == n - g * rows);
        }
    }
}

TEST_CASE("a name chooses a set; an unknown name is an error that lists the possible ones") {
    for (const KernelSet* set : sets_here()) CHECK(&kernels_named(set->option) == set);
    CHECK(&kernels_named("") == sets_here().front());
    std::string said;
    try {
        static_cast<void>(kernels_named("AVX-512"));
    } catch (const Error& error) {
        said = error.what();
    }
    CHECK_THAT(said, ContainsSubstring("SAE_KERNELS=AVX-512"));
    for (const KernelSet* set : sets_here()) CHECK_THAT(said, ContainsSubstring(std::string(set->option)));
}

TEMPLATE_TEST_CASE("widths fit the summation shapes", "", double, float) {
    for (const KernelSet* set : kernel_sets()) {
        const Widths& w = set->of<TestType>().widths;
        CHECK(w.panel % summation::column_group == 0);
        for (const Index k : {Index{1}, Index{784}, Index{100000}}) {
            const Index columns = set->of<TestType>().columns_together(k);
            CHECK(columns >= w.panel);
            CHECK(columns <= w.columns_together);
            CHECK(columns % w.panel == 0);
            CHECK(columns % byte_panel_width == 0);
        }
    }
}

TEST_CASE("a peak is measured, also in 0 seconds") {
    CHECK(best_kernels().peak_double(0) > 1e6);
    CHECK(best_kernels().peak_single(0) > 1e6);
    // Twice as fast, unless another program takes this core during one of the two.
    bool faster = false;
    for (int attempt = 0; attempt < 20 && !faster; ++attempt)
        faster = best_kernels().peak_single(0.01) > best_kernels().peak_double(0.01);
    CHECK(faster);
}
