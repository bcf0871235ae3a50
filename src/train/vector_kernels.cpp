// Compiled once for each instruction set, with SAE_KERNELS as the namespace.
#include "vector_kernels.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sae::kernels::SAE_KERNELS {
namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif

/// As wide as this file's target has them; `parts` of them make up the lanes.
using Vector = double __attribute__((vector_size(vector_bytes), may_alias));
constexpr int width = static_cast<int>(sizeof(Vector) / sizeof(double));
constexpr int parts = lanes / width;
static_assert(parts * width == lanes);

/// As many floats.
using Narrow = float __attribute__((vector_size(sizeof(Vector) / 2), may_alias));

const Vector& at(const double* p) {
    return *reinterpret_cast<const Vector*>(p);
}
Vector& at(double* p) {
    return *reinterpret_cast<Vector*>(p);
}

/// Reads `width` numbers. The intrinsics because GCC 12 by itself converts half by half.
Vector load(const float* p) {
    const Narrow values = *reinterpret_cast<const Narrow*>(p);
#if defined(__AVX512F__)
    return _mm512_maskz_cvtps_pd(0xff, values);
#else
    return __builtin_convertvector(values, Vector);
#endif
}

/// Writes `width` numbers, rounded to float.
void store(float* p, Vector values) {
#if defined(__AVX512F__)
    *reinterpret_cast<Narrow*>(p) = _mm512_maskz_cvtpd_ps(0xff, values);
#else
    *reinterpret_cast<Narrow*>(p) = __builtin_convertvector(values, Narrow);
#endif
}

/// Fetches what a pair holds of `lanes` elements so many bytes ahead: the processor by itself fetches too
/// little of a stream that it only multiplies (a quarter of the pass, measured).
void fetch_ahead(const float* pair) {
    constexpr Index ahead = 4096;
    constexpr Index line = 64 / sizeof(float);
    for (Index k = 0; k < 2 * lanes; k += line) __builtin_prefetch(pair + ahead + k);
}

/// Of the vectors of a step the next chunk is fetched, while the dot products of this one go on: their
/// streams are too short for the processor to foresee (a tenth of the pass).
void fetch_next(const Step& step, Index k) {
    for (const double* vector : {step.x_new, step.x, step.g_new, step.g}) {
        __builtin_prefetch(vector + k + chunk_length);
    }
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
            s_y[p] += s * newest;
            y_y[p] += y * newest;
            s_g[p] += s * g;
            y_g[p] += y * g;
        }
    }
    for (int p = 0; p < parts; ++p) {
        at(sums + width * p) = s_y[p];
        at(sums + lanes + width * p) = y_y[p];
        at(sums + 2 * lanes + width * p) = s_g[p];
        at(sums + 3 * lanes + width * p) = y_g[p];
    }
}

/// Terms that are read side by side; their factors fill the registers.
constexpr std::size_t most_terms = 10;

/// What terms are added to: a v.
struct Start {
    const double* v;
    double a;
};

/// One block of d = a v plus `count` terms.
template <std::size_t count>
void add_terms(Start start, const Term* terms, Index stride, double* d) {
    // Copies, which no store to d can change.
    std::array<Term, count> term{};
    std::copy_n(terms, count, term.begin());
    for (Index begin = 0; begin < block_length; begin += chunk_length) {
        for (Index i = 0; i < chunk_length; i += width) {
            // A sum of its own: of two products that are added, either might be fused.
            Vector sum = Vector{} + start.a * at(start.v + begin + i);
            const Index of_pair = 2 * (i - i % lanes) + i % lanes;
#pragma GCC unroll 10
            for (std::size_t k = 0; k < count; ++k) {
                const float* const pair = term[k].pair + of_pair;
                sum = (sum + term[k].s * load(pair)) + term[k].y * load(pair + lanes);
            }
            at(d + begin + i) = sum;
        }
        for (Term& each : term) each.pair += stride;
    }
}

template <std::size_t... counts>
void add_group(Start start, std::span<const Term> terms, Index stride, double* d,
               std::index_sequence<counts...> /*any*/) {
    static constexpr std::array add = {&add_terms<counts>...};
    add[terms.size()](start, terms.data(), stride, d);
}

void push(const Step& step, std::span<float* const> pairs, std::size_t newest, Index stride, double* sums) {
    alignas(64) double y_new[chunk_length];
    std::fill_n(sums, static_cast<Index>(pairs.size()) * dots_per_pair * lanes, 0.0);
    for (Index begin = 0, shift = 0; begin < block_length; begin += chunk_length, shift += stride) {
        form_pair(step, begin, pairs[newest] + shift, y_new);
        double* sum = sums;
        for (const float* pair : pairs) {
            add_pair_dots(pair + shift, y_new, step.g_new + begin, sum);
            sum += dots_per_pair * lanes;
        }
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

void combine(double a, const double* g, std::span<const Term> terms, Index stride, double* d) {
    Start start{g, a};
    do {
        const auto group = terms.first(std::min(terms.size(), most_terms));
        add_group(start, group, stride, d, std::make_index_sequence<most_terms + 1>());
        terms = terms.subspan(group.size());
        start = {d, 1};
    } while (!terms.empty());
}

double dot(const double* a, const double* b) {
    alignas(64) double sums[lanes];
    Vector sum[parts] = {};
    for (Index i = 0; i < block_length; i += lanes) {
        for (int p = 0; p < parts; ++p) sum[p] += at(a + i + width * p) * at(b + i + width * p);
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
            const Vector moved = at(x + k) + t * at(d + k);
            at(x_trial + k) = moved;
            sum[p] += moved * moved;
        }
    }
    for (int p = 0; p < parts; ++p) at(sums + width * p) = sum[p];
    return sum_lanes(sums);
}

void finish_gradient(std::span<const std::int64_t* const> sums, Index first, Index length,
                     const double* __restrict theta, GradientTerms terms, double* __restrict gradient) {
    std::array<std::int64_t, chunk_length> total{};
    for (Index begin = 0; begin < length; begin += chunk_length) {
        const Index count = std::min(chunk_length, length - begin);
        const std::int64_t* sum = sums.front() + first + begin;
        for (const std::int64_t* const more : sums.subspan(1)) {
            std::transform(sum, sum + count, more + first + begin, total.begin(), std::plus<>());
            sum = total.data();
        }
        for (Index i = 0; i < count; ++i)
            gradient[begin + i] =
                static_cast<double>(sum[i]) * terms.unit / terms.m + terms.lambda * theta[begin + i];
    }
}

#if defined(__FMA__) || defined(__aarch64__)
constexpr bool fused = true;
#else
constexpr bool fused = false;
#endif

}  // namespace

extern const Set set;
const Set set = {8 * sizeof(Vector), fused, push,    combine,        split_pair,
                 join_pair,          dot,   advance, finish_gradient};

}  // namespace sae::kernels::SAE_KERNELS
