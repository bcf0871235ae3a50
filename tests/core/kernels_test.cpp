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
    AlignedVector<T> x(static_cast<std::size_t>(pieces(columns, P) * P)), a2(x.size()), sums(P),
        w1(strip_width);
    std::copy(z.begin(), z.end(), x.begin());
    const double weight = 1, bias = 0;
    kernels.pack_rows(&weight, 1, 1, 0, 1, w1.data());
    kernels.hidden(x.data(), columns, w1.data(), &bias, 1, 1, a2.data(), sums.data());
    return {a2.begin(), a2.begin() + columns};
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

TEST_CASE("bytes become byte / 255, correctly rounded") {
    std::vector<std::uint8_t> bytes(256 * 16);
    for (std::size_t k = 0; k < 256; ++k)
        for (std::size_t i = 0; i < 16; ++i) bytes[k * 16 + i] = static_cast<std::uint8_t>(k);
    for (const KernelSet* set : kernel_sets()) {
        if (!set->runs_here()) continue;
        AlignedVector<double> wide(256 * 16);
        set->in_double.widen({bytes.data(), 256}, 0, 16, wide.data());
        AlignedVector<float> single(256 * 32);
        set->in_single.widen({bytes.data(), 256}, 0, 16, single.data());
        for (std::size_t k = 0; k < 256; ++k)
            for (std::size_t i = 0; i < 16; ++i) {
                CHECK(wide[k * 16 + i] == static_cast<double>(k) / 255.0);
                CHECK(single[k * 32 + i] == static_cast<float>(k) / 255.0F);
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
