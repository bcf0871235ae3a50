// Compiled once for each instruction set, with SAE_KERNELS as the namespace, and what its name begins with.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "gradients.hpp"

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

template <class T>
void pack_rows(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips) {
    for (Index s = first; s < last; ++s) {
        T* to = strips + s * columns * strip_width;
        const Index height = std::min(strip_width, rows - s * strip_width);
        if (height < strip_width) std::fill(to, to + columns * strip_width, T{0});
        for (Index j = 0; j < height; ++j) {
            const double* from = matrix + (s * strip_width + j) * columns;
            for (Index k = 0; k < columns; ++k) to[k * strip_width + j] = static_cast<T>(from[k]);
        }
    }
}

template <class T>
void pack_columns(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips) {
    for (Index s = first; s < last; ++s) {
        T* to = strips + s * rows * strip_width;
        const Index width = std::min(strip_width, columns - s * strip_width);
        for (Index k = 0; k < rows; ++k, to += strip_width) {
            const double* from = matrix + k * columns + s * strip_width;
            for (Index j = 0; j < strip_width; ++j) to[j] = j < width ? static_cast<T>(from[j]) : T{0};
        }
    }
}

void column_magnitudes(const double* matrix, Index rows, Index columns, Index first, Index last,
                       double* sums) {
    std::fill(sums + first, sums + last, 0.0);
    for (Index i = 0; i < rows; ++i)
        for (Index j = first; j < last; ++j) sums[j] += std::abs(matrix[i * columns + j]);
}

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
    while (std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
        constexpr int repeats = 20000;
        const auto begin = Clock::now();
        for (int n = 0; n < repeats; ++n)
#pragma GCC unroll 12
            for (int i = 0; i < sums; ++i) sum[i] = multiply_add<T>(sum[i], factor, term);
        // Otherwise nobody would use the sums, and they would not be computed.
        asm volatile("" : : "r"(sum) : "memory");
        const double time = std::chrono::duration<double>(Clock::now() - begin).count();
        best = std::max(best, 2.0 * sums * lanes<T> * repeats / time);
    }
    return best;
}

template <class T>
constexpr TileKernels<T> kernels_of() {
    return {pack_rows<T>,
            pack_columns<T>,
            column_magnitudes,
            widen<T>,
            hidden<T>,
            output<T>,
            output_delta<T>,
            back<T>,
            hidden_delta<T>,
            transpose<T>,
            gradient_w2<T, std::int64_t>,
            gradient_w1<T, std::int64_t>,
            gradient_w2<T, double>,
            gradient_w1<T, double>};
}

bool runs_here() {
#if defined(__x86_64__)
    __builtin_cpu_init();
#if defined(__AVX512F__)
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl"))
        return false;
#endif
#if defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return false;
#endif
#endif
    return true;
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
