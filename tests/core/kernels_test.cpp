#include "sae/core/kernels.hpp"

#include <cstring>
#include <random>

#include "catch.hpp"
#include "sae/core/aligned.hpp"

using namespace sae;

namespace {

/// Whether a set uses fused multiply-adds: then its bits are those of every other that does.
bool fused(const KernelSet& set) {
    return set.name.find("baseline") == std::string_view::npos;
}

template <class T>
std::vector<T> activations(const KernelSet& set, const std::vector<T>& z) {
    constexpr Index P = panel_width<T>;
    const auto& kernels = set.of<T>();
    const Index columns = static_cast<Index>(z.size());
    const Index groups = pieces(columns, nonzero_width);
    AlignedVector<T> a2(z.size() * P), sums(P), w1(unit_panel_width<T>), b1(w1.size());
    NonzeroRoom<T> x(groups, 1);
    std::copy(z.begin(), z.end(), x.groups().numbers);
    std::fill_n(x.groups().count, groups, 1);
    const double weight = 1;
    kernels.pack_units(&weight, 1, 0, 1, w1.data());
    kernels.hidden(x.groups(), columns, w1.data(), b1.data(), 1, 1, a2.data(), columns, sums.data());
    std::vector<T> a(z.size());
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = a2[i * P];
    return a;
}

}  // namespace

TEST_CASE("the logistic function is right to two units in the last place, for every z") {
    for (const KernelSet* set : kernel_sets()) {
        if (!set->runs_here()) continue;
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
    }
}

TEMPLATE_TEST_CASE("bytes become byte / 255, correctly rounded; rows of zeros are left out of a group", "",
                   double, float) {
    constexpr Index rows = 256, columns = 16;
    std::vector<std::uint8_t> bytes(rows * columns);
    for (std::size_t k = 0; k < rows; ++k)
        for (std::size_t i = 0; i < columns; ++i)
            bytes[k * columns + i] = i / 4 == k % 4 ? std::uint8_t{0} : static_cast<std::uint8_t>(k);
    for (const KernelSet* set : kernel_sets()) {
        if (!set->runs_here()) continue;
        NonzeroRoom<TestType> room(4, rows);
        const NonzeroGroups<TestType> x = room.groups();
        set->of<TestType>().widen({bytes.data(), rows}, 0, columns, x);
        for (Index g = 0; g < 4; ++g) {
            Index n = g * rows;
            for (Index k = 1; k < rows; ++k) {
                if (k % 4 == g) continue;
                CHECK(x.offset[n] == static_cast<std::uint32_t>(k * unit_panel_width<TestType>));
                for (Index i = 0; i < nonzero_width; ++i)
                    CHECK(x.numbers[n * nonzero_width + i] == static_cast<TestType>(k) / TestType{255});
                ++n;
            }
            CHECK(x.count[g] == n - g * rows);
        }
    }
}

TEST_CASE("every set with fused multiply-adds gives the same bits") {
    std::vector<double> z;
    std::mt19937_64 random(6);
    for (int i = 0; i < 10007; ++i) z.push_back(std::uniform_real_distribution<double>(-30, 30)(random));
    std::vector<double> first;
    for (const KernelSet* set : kernel_sets()) {
        if (!set->runs_here() || !fused(*set)) continue;
        const auto a = activations<double>(*set, z);
        if (first.empty()) first = a;
        CHECK(std::memcmp(a.data(), first.data(), a.size() * sizeof(double)) == 0);
    }
}

TEST_CASE("a peak is measured, also in no time") {
    CHECK(best_kernels().peak_double(0) > 1e6);
    CHECK(best_kernels().peak_single(0) > 1e6);
    // Twice as fast, where nothing else happens to take this core from one of both.
    bool faster = false;
    for (int attempt = 0; attempt < 20 && !faster; ++attempt)
        faster = best_kernels().peak_single(0.01) > best_kernels().peak_double(0.01);
    CHECK(faster);
}
