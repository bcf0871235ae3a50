// Compiled once for each instruction set, with SAE_KERNELS as the namespace, and what its name begins with.
#include <algorithm>
#include <chrono>

#include "gradients.hpp"
#include "pack.hpp"
#include "phases.hpp"
#include "processor.hpp"

#if defined(__AVX512F__)
#define SAE_INSTRUCTION_SET "AVX-512"
#elif defined(__AVX2__) && defined(__FMA__)
#define SAE_INSTRUCTION_SET "AVX2"
#elif defined(__AVX__)
#define SAE_INSTRUCTION_SET "AVX"
#else
#define SAE_INSTRUCTION_SET "baseline"
#endif

namespace sae::SAE_KERNELS {
namespace {

/// As many sums as hide the latency of a multiply-add, and registers enough for all of them.
template <class T>
double peak(double seconds) {
    using Clock = std::chrono::steady_clock;
    constexpr int sums = 12;
    Vector<T> sum[sums];
    for (int i = 0; i < sums; ++i) sum[i] = broadcast(static_cast<T>(i));
    const Vector<T> factor = broadcast(static_cast<T>(0.999));
    const Vector<T> term = broadcast(static_cast<T>(0.001));
    double best = 0;
    const auto start = Clock::now();
    do {
        constexpr int repeats = 20000;
        const auto begin = Clock::now();
        for (int n = 0; n < repeats; ++n)
#pragma GCC unroll 12
            for (Vector<T>& each : sum) each = multiply_add<T>(each, factor, term);
        // Otherwise nobody would use the sums, and they would not be computed.
        asm volatile("" : : "r"(sum) : "memory");
        const double time = std::chrono::duration<double>(Clock::now() - begin).count();
        best = std::max(best, 2.0 * sums * lanes<T> * repeats / time);
    } while (std::chrono::duration<double>(Clock::now() - start).count() < seconds);
    return best;
}

template <class T>
constexpr TileKernels<T> kernels_of() {
    return {pack_rows<T>,
            pack_units<T>,
            pack_columns<T>,
            widen<T>,
            hidden<T>,
            output<T>,
            output_delta<T>,
            back<T>,
            hidden_delta<T>,
            transpose<T>,
            {gradient_w2<T, std::int64_t>, gradient_w1<T, std::int64_t>},
            {gradient_w2<T, double>, gradient_w1<T, double>}};
}

bool runs_here() {
#if defined(__AVX512F__)
    return has_avx512() && has_avx2();
#elif defined(__AVX2__)
    return has_avx2();
#else
    return true;
#endif
}

}  // namespace

extern const KernelSet kernel_set;
const KernelSet kernel_set = {SAE_KERNELS_PREFIX SAE_INSTRUCTION_SET,
                              runs_here,
                              kernels_of<double>(),
                              kernels_of<float>(),
                              peak<double>,
                              peak<float>,
                              8 * vector_bytes};

}  // namespace sae::SAE_KERNELS
