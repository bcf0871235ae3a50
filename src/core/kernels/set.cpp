// Compiled once for each instruction set, with SAE_KERNELS as the namespace.
#include "activation_sums.hpp"
#include "gradients.hpp"
#include "pack.hpp"
#include "phases.hpp"
#include "processor.hpp"

#if defined(SAE_ISA_AVX512)
#define SAE_INSTRUCTION_SET "AVX-512"
#define SAE_KERNELS_OPTION "avx512"
#elif defined(SAE_ISA_AVX2)
#define SAE_INSTRUCTION_SET "AVX2"
#define SAE_KERNELS_OPTION "avx2"
#elif defined(SAE_ISA_NEON)
#define SAE_INSTRUCTION_SET "NEON"
#define SAE_KERNELS_OPTION "neon"
#else
#define SAE_INSTRUCTION_SET "scalar"
#define SAE_KERNELS_OPTION "scalar"
#endif

namespace sae::SAE_KERNELS {
namespace {

/// As many sums as hide the latency of a multiply-add, and registers enough for all of them.
template <class T>
double peak(double seconds) {
    constexpr int sums = 12;
    Vector<T> sum[sums];
    for (int i = 0; i < sums; ++i) sum[i] = broadcast(static_cast<T>(i));
    const Vector<T> factor = broadcast(static_cast<T>(0.999));
    const Vector<T> term = broadcast(static_cast<T>(0.001));
    double best = 0;
    const double start = seconds_now();
    do {
        constexpr int repeats = 20000;
        const double begin = seconds_now();
        for (int n = 0; n < repeats; ++n)
#pragma GCC unroll 12
            for (Vector<T>& each : sum) each = multiply_add<T>(each, factor, term);
        // Otherwise nobody would use the sums, and they would not be computed.
        asm volatile("" : : "r"(sum) : "memory");
        const double rate = 2.0 * sums * lanes<T> * repeats / (seconds_now() - begin);
        if (rate > best) best = rate;
    } while (seconds_now() - start < seconds);
    return best;
}

template <class T>
constexpr TileKernels<T> kernels_of() {
    return {widths<T>, pack_rows<T>,    pack_units<T>,      pack_columns<T>,
            widen<T>,  hidden<T>,       add_activations<T>, transpose<T>,
            output<T>, output_delta<T>, add_chains<T>,      squares_of<T>,
            back<T>,   hidden_delta<T>, gradient_w2<T>,     gradient_w1<T>};
}

bool runs_here() {
#if defined(SAE_ISA_AVX512)
    return has_avx512();
#elif defined(SAE_ISA_AVX2)
    return has_avx2();
#else
    return true;
#endif
}

}  // namespace

extern const KernelSet kernel_set;
const KernelSet kernel_set = {SAE_INSTRUCTION_SET, SAE_KERNELS_OPTION, runs_here,   kernels_of<double>(),
                              kernels_of<float>(), peak<double>,       peak<float>, 8 * vector_bytes};

}  // namespace sae::SAE_KERNELS
