#include "history_kernels.hpp"

namespace sae::kernels {
namespace {

/// As wide as this file's target has them; `parts` of them make up the lanes.
using Vector = double __attribute__((vector_size(__BIGGEST_ALIGNMENT__), may_alias));
constexpr int width = static_cast<int>(sizeof(Vector) / sizeof(double));
constexpr int parts = lanes / width;
static_assert(parts * width == lanes);

const Vector& at(const double* p) {
    return *reinterpret_cast<const Vector*>(p);
}
Vector& at(double* p) {
    return *reinterpret_cast<Vector*>(p);
}

}  // namespace

void form_pair(const double* __restrict x, const double* __restrict x_new, const double* __restrict g,
               const double* __restrict g_new, double* __restrict s, double* __restrict y) {
    for (Index i = 0; i < chunk_length; i += width) {
        at(s + i) = at(x_new + i) - at(x + i);
        at(y + i) = at(g_new + i) - at(g + i);
    }
}

void add_pair_dots(const double* s, const double* y, const double* y_new, const double* g_new,
                   double* __restrict sums) {
    Vector s_y[parts], y_y[parts], s_g[parts], y_g[parts];
    for (int p = 0; p < parts; ++p) {
        s_y[p] = at(sums + width * p);
        y_y[p] = at(sums + lanes + width * p);
        s_g[p] = at(sums + 2 * lanes + width * p);
        y_g[p] = at(sums + 3 * lanes + width * p);
    }
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < parts; ++p) {
            const Index k = i + width * p;
            s_y[p] += at(s + k) * at(y_new + k);
            y_y[p] += at(y + k) * at(y_new + k);
            s_g[p] += at(s + k) * at(g_new + k);
            y_g[p] += at(y + k) * at(g_new + k);
        }
    }
    for (int p = 0; p < parts; ++p) {
        at(sums + width * p) = s_y[p];
        at(sums + lanes + width * p) = y_y[p];
        at(sums + 2 * lanes + width * p) = s_g[p];
        at(sums + 3 * lanes + width * p) = y_g[p];
    }
}

double sum_lanes(const double* sums) {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void scale(double a, const double* __restrict g, double* __restrict d) {
    for (Index i = 0; i < chunk_length; i += width) at(d + i) = a * at(g + i);
}

void add_pair(double a, const double* __restrict s, double b, const double* __restrict y,
              double* __restrict d) {
    for (Index i = 0; i < chunk_length; i += width) at(d + i) = (at(d + i) + a * at(s + i)) + b * at(y + i);
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

}  // namespace sae::kernels
