// Compiled once for each instruction set, with SAE_KERNELS as the namespace. No function of the standard
// library: a copy of one, compiled for this instruction set, might be the one that the linker uses in the
// whole program.
#include "vector_kernels.hpp"

#include <utility>

#if defined(SAE_ISA_AVX512) || defined(SAE_ISA_AVX2)
#include <immintrin.h>
#elif defined(SAE_ISA_NEON)
#include <arm_neon.h>
#endif

namespace sae::kernels::SAE_KERNELS {
namespace {

#if defined(SAE_ISA_AVX512)
constexpr int vector_bytes = 64;
#elif defined(SAE_ISA_AVX2)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif

/// A vector register of this instruction set; `parts` of them hold all lanes.
using Vector = double __attribute__((vector_size(vector_bytes), may_alias));
constexpr int width = static_cast<int>(sizeof(Vector) / sizeof(double));
constexpr int parts = lanes / width;
static_assert(parts * width == lanes);

/// a b + c, rounded once: all fused operations here use this.
[[gnu::always_inline]] inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(SAE_ISA_AVX512)
    return _mm512_fmadd_pd(a, b, c);
#elif defined(SAE_ISA_AVX2)
    return _mm256_fmadd_pd(a, b, c);
#elif defined(SAE_ISA_NEON)
    return reinterpret_cast<Vector>(vfmaq_f64(reinterpret_cast<float64x2_t>(c),
                                              reinterpret_cast<float64x2_t>(a),
                                              reinterpret_cast<float64x2_t>(b)));
#else
    for (int i = 0; i < width; ++i) c[i] = __builtin_fma(a[i], b[i], c[i]);
    return c;
#endif
}

[[gnu::always_inline]] inline Vector broadcast(double x) {
    return x - Vector{};
}

/// As many floats as a Vector has doubles.
using Narrow = float __attribute__((vector_size(sizeof(Vector) / 2), may_alias));

const Vector& at(const double* p) {
    return *reinterpret_cast<const Vector*>(p);
}
Vector& at(double* p) {
    return *reinterpret_cast<Vector*>(p);
}

/// Reads `width` numbers. By intrinsics, because GCC 12 otherwise converts one half after the other.
Vector load(const float* p) {
    const Narrow values = *reinterpret_cast<const Narrow*>(p);
#if defined(SAE_ISA_AVX512)
    return _mm512_maskz_cvtps_pd(0xff, values);
#else
    return __builtin_convertvector(values, Vector);
#endif
}

/// Writes `width` numbers, rounded to float.
void store(float* p, Vector values) {
#if defined(SAE_ISA_AVX512)
    *reinterpret_cast<Narrow*>(p) = _mm512_maskz_cvtpd_ps(0xff, values);
#else
    *reinterpret_cast<Narrow*>(p) = __builtin_convertvector(values, Narrow);
#endif
}

/// Prefetches `lanes` elements of a pair so many bytes ahead: the processor prefetches too little of a stream
/// that it only multiplies (this saves a quarter of the pass, measured).
void fetch_ahead(const float* pair) {
    constexpr Index ahead = 4096;
    constexpr Index line = 64 / sizeof(float);
    for (Index k = 0; k < 2 * lanes; k += line) __builtin_prefetch(pair + ahead + k);
}

/// Prefetches the next chunk of a step's vectors during the dot products of this one: their streams are too
/// short for the processor's own prefetching (this saves a tenth of the pass).
void fetch_next(const Step& step, Index k) {
    const double* const vectors[] = {step.x_new, step.x, step.g_new, step.g};
    for (const double* vector : vectors) __builtin_prefetch(vector + k + chunk_length);
}

/// One chunk: s = x_new - x, y = g_new - g, rounded to float; y_new takes the rounded y.
void form_pair(const Step& step, Index at_chunk, float* __restrict pair, double* __restrict y_new) {
#pragma GCC unroll 2
    for (Index i = 0; i < chunk_length; i += lanes) {
        fetch_next(step, at_chunk + i);
        for (int p = 0; p < lanes; p += width) {
            const Index k = at_chunk + i + p;
            float* const y = pair + 2 * i + lanes + p;
            store(pair + 2 * i + p, at(step.x_new + k) - at(step.x + k));
            store(y, at(step.g_new + k) - at(step.g + k));
            at(y_new + i + p) = load(y);
        }
    }
}

/// One chunk of the dot products of a pair with the newest.
void add_pair_dots(const float* pair, const double* y_new, const double* g_new, double* __restrict sums) {
    Vector s_y[parts], y_y[parts], s_g[parts], y_g[parts];
    for (int p = 0; p < parts; ++p) {
        s_y[p] = at(sums + width * p);
        y_y[p] = at(sums + lanes + width * p);
        s_g[p] = at(sums + 2 * lanes + width * p);
        y_g[p] = at(sums + 3 * lanes + width * p);
    }
    for (Index i = 0; i < chunk_length; i += lanes) {
        fetch_ahead(pair + 2 * i);
        for (int p = 0; p < parts; ++p) {
            const Vector s = load(pair + 2 * i + width * p);
            const Vector y = load(pair + 2 * i + lanes + width * p);
            const Vector newest = at(y_new + i + width * p);
            const Vector g = at(g_new + i + width * p);
            s_y[p] = multiply_add(s, newest, s_y[p]);
            y_y[p] = multiply_add(y, newest, y_y[p]);
            s_g[p] = multiply_add(s, g, s_g[p]);
            y_g[p] = multiply_add(y, g, y_g[p]);
        }
    }
    for (int p = 0; p < parts; ++p) {
        at(sums + width * p) = s_y[p];
        at(sums + lanes + width * p) = y_y[p];
        at(sums + 2 * lanes + width * p) = s_g[p];
        at(sums + 3 * lanes + width * p) = y_g[p];
    }
}

/// The most terms that are added in one pass over d; their coefficients fill the registers.
constexpr std::size_t max_terms = 10;

/// a v, to which terms are added.
struct Start {
    const double* v;
    double a;
};

/// One block of d = a v plus `count` terms.
template <std::size_t count>
void add_terms(Start start, const Term* terms, Index stride, double* d) {
    // A copy, so that the compiler knows that stores to d do not change it.
    Term term[count + 1];
    for (std::size_t k = 0; k < count; ++k) term[k] = terms[k];
    for (Index begin = 0; begin < block_length; begin += chunk_length) {
        for (Index i = 0; i < chunk_length; i += width) {
            Vector sum = start.a * at(start.v + begin + i);
            const Index of_pair = 2 * (i - i % lanes) + i % lanes;
#pragma GCC unroll 10
            for (std::size_t k = 0; k < count; ++k) {
                const float* const pair = term[k].pair + of_pair;
                sum = multiply_add(broadcast(term[k].s), load(pair), sum);
                sum = multiply_add(broadcast(term[k].y), load(pair + lanes), sum);
            }
            at(d + begin + i) = sum;
        }
        for (std::size_t k = 0; k < count; ++k) term[k].pair += stride;
    }
}

using AddTerms = void (*)(Start, const Term*, Index, double*);

template <class Counts>
struct AddAny;
template <std::size_t... counts>
struct AddAny<std::index_sequence<counts...>> {
    static constexpr AddTerms of[] = {&add_terms<counts>...};
};

void push(const Step& step, float* const* pairs, std::size_t count, std::size_t newest, Index stride,
          double* sums) {
    alignas(64) double y_new[chunk_length];
    for (std::size_t i = 0; i < count * dots_per_pair * lanes; ++i) sums[i] = 0;
    for (Index begin = 0, shift = 0; begin < block_length; begin += chunk_length, shift += stride) {
        form_pair(step, begin, pairs[newest] + shift, y_new);
        double* sum = sums;
        for (std::size_t k = 0; k < count; ++k, sum += dots_per_pair * lanes)
            add_pair_dots(pairs[k] + shift, y_new, step.g_new + begin, sum);
    }
}

void split_pair(const float* __restrict pair, double* __restrict s, double* __restrict y) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            at(s + i + p) = load(pair + 2 * i + p);
            at(y + i + p) = load(pair + 2 * i + lanes + p);
        }
    }
}

void join_pair(const double* __restrict s, const double* __restrict y, float* __restrict pair) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            store(pair + 2 * i + p, at(s + i + p));
            store(pair + 2 * i + lanes + p, at(y + i + p));
        }
    }
}

void combine(double a, const double* g, const Term* terms, std::size_t count, Index stride, double* d) {
    Start start{g, a};
    do {
        const std::size_t together = count < max_terms ? count : max_terms;
        AddAny<std::make_index_sequence<max_terms + 1>>::of[together](start, terms, stride, d);
        terms += together;
        count -= together;
        start = {d, 1};
    } while (count > 0);
}

double dot(const double* a, const double* b) {
    alignas(64) double sums[lanes];
    Vector sum[parts] = {};
    for (Index i = 0; i < block_length; i += lanes) {
        for (int p = 0; p < parts; ++p)
            sum[p] = multiply_add(at(a + i + width * p), at(b + i + width * p), sum[p]);
    }
    for (int p = 0; p < parts; ++p) at(sums + width * p) = sum[p];
    return sum_lanes(sums);
}

double advance(const double* __restrict x, double t, const double* __restrict d, double* __restrict x_trial) {
    alignas(64) double sums[lanes];
    Vector sum[parts] = {};
    for (Index i = 0; i < block_length; i += lanes) {
        for (int p = 0; p < parts; ++p) {
            const Index k = i + width * p;
            const Vector moved = multiply_add(broadcast(t), at(d + k), at(x + k));
            at(x_trial + k) = moved;
            sum[p] = multiply_add(moved, moved, sum[p]);
        }
    }
    for (int p = 0; p < parts; ++p) at(sums + width * p) = sum[p];
    return sum_lanes(sums);
}

void finish_gradient(const std::int64_t* const* sums, std::size_t count, Index first, Index length,
                     const double* __restrict theta, GradientTerms terms, double* __restrict gradient) {
    std::int64_t total[chunk_length];
    for (Index begin = 0; begin < length; begin += chunk_length) {
        const Index here = length - begin < chunk_length ? length - begin : chunk_length;
        const std::int64_t* sum = sums[0] + first + begin;
        for (std::size_t k = 1; k < count; ++k) {
            const std::int64_t* const more = sums[k] + first + begin;
            for (Index i = 0; i < here; ++i) total[i] = sum[i] + more[i];
            sum = total;
        }
        for (Index i = 0; i < here; ++i)
            gradient[begin + i] = __builtin_fma(terms.lambda, theta[begin + i],
                                                static_cast<double>(sum[i]) * terms.unit / terms.m);
    }
}

}  // namespace

extern const Set set;
const Set set = {8 * sizeof(Vector), push, combine, split_pair, join_pair, dot, advance, finish_gradient};

}  // namespace sae::kernels::SAE_KERNELS
