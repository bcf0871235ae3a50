#include "sae/core/kernel_check.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "processor.hpp"
#include "sae/core/aligned.hpp"

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

int widest_vectors() {
    if (has_avx512()) return 512;
    return has_avx2() ? 256 : 128;
}

/// The best rate of several runs of W2^T delta3 whose operands stay in the second-level cache.
double product_rate(const TileKernels<double>& kernels) {
    const Index columns = kernels.widths.columns_together;
    constexpr Index outputs = 256;
    const Index hidden = 10 * kernels.widths.strip;
    const auto room = [](Index n) { return AlignedVector<double>(static_cast<std::size_t>(n), 0.5); };
    const auto delta3 = room(columns * outputs);
    const auto w2_transposed = room(outputs * hidden);
    auto g = room(columns * hidden);
    double shortest = 1;
    const auto begin = Clock::now();
    for (int run = 0; run < 20 && (run < 3 || seconds_since(begin) < 2e-3); ++run) {
        const auto start = Clock::now();
        kernels.back(delta3.data(), columns, w2_transposed.data(), outputs, hidden, {0, hidden}, g.data());
        shortest = std::min(shortest, seconds_since(start));
    }
    return 2.0 * static_cast<double>(columns * outputs * hidden) / shortest;
}

std::string text(const char* format, double a, double b) {
    char buffer[128];
    std::snprintf(buffer, sizeof buffer, format, a / 1e9, b / 1e9);
    return buffer;
}

}  // namespace

KernelCheck check_kernels(const KernelSet& set) {
    KernelCheck found{std::string(set.name), set.vector_bits, widest_vectors(), 0, 0};
    found.peak = set.peak_double(2e-3);
    found.product = product_rate(set.in_double);
    return found;
}

std::string complaint(const KernelCheck& found) {
    if (found.vector_bits < found.processor_bits)
        return "the kernels in use (" + found.name + ") have vectors of " +
               std::to_string(found.vector_bits) + " bits, but this processor has " +
               std::to_string(found.processor_bits) +
               ": products run at a fraction of its speed; without the environment variable SAE_KERNELS the "
               "program takes the fastest";
    if (found.name == "scalar")
        return "the scalar kernels are in use, because this processor has no AVX2 and FMA instructions or "
               "SAE_KERNELS asks for them: the results are the same, but a training takes many times as long";
    constexpr double least = 1.0 / 3;
    if (found.product < least * found.peak)
        return "matrix products are slow: " + text("%.1f of the %.1f GFLOP/s", found.product, found.peak) +
               " that this core's registers reach with the kernels in use (" + found.name +
               "); build with the release preset, and see that no other program runs on this core";
    return {};
}

std::string describe(const KernelCheck& found) {
    return found.name + ", vectors of " + std::to_string(found.vector_bits) + " bits" +
           text(", a short product %.1f of %.1f GFLOP/s", found.product, found.peak);
}

}  // namespace sae
