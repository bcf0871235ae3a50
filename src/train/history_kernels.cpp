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
               const double* __restrict g_new, double* __restrict pair) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            at(pair + 2 * i + p) = at(x_new + i + p) - at(x + i + p);
            at(pair + 2 * i + lanes + p) = at(g_new + i + p) - at(g + i + p);
        }
    }
}

void split_pair(const double* __restrict pair, double* __restrict s, double* __restrict y) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            at(s + i + p) = at(pair + 2 * i + p);
            at(y + i + p) = at(pair + 2 * i + lanes + p);
        }
    }
}

void join_pair(const double* __restrict s, const double* __restrict y, double* __restrict pair) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            at(pair + 2 * i + p) = at(s + i + p);
            at(pair + 2 * i + lanes + p) = at(y + i + p);
        }
    }
}

void add_pair_dots(const double* pair, const double* newest, const double* g_new, double* __restrict sums) {
    Vector s_y[parts], y_y[parts], s_g[parts], y_g[parts];
    for (int p = 0; p < parts; ++p) {
        s_y[p] = at(sums + width * p);
        y_y[p] = at(sums + lanes + width * p);
        s_g[p] = at(sums + 2 * lanes + width * p);
        y_g[p] = at(sums + 3 * lanes + width * p);
    }
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < parts; ++p) {
            const Vector s = at(pair + 2 * i + width * p);
            const Vector y = at(pair + 2 * i + lanes + width * p);
            const Vector y_new = at(newest + 2 * i + lanes + width * p);
            const Vector g = at(g_new + i + width * p);
            s_y[p] += s * y_new;
            y_y[p] += y * y_new;
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

double sum_lanes(const double* sums) {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void scale(double a, const double* __restrict g, double* __restrict d) {
    for (Index i = 0; i < chunk_length; i += width) at(d + i) = a * at(g + i);
}

void add_pair(double a, double b, const double* __restrict pair, double* __restrict d) {
    for (Index i = 0; i < chunk_length; i += lanes) {
        for (int p = 0; p < lanes; p += width) {
            const Vector s = at(pair + 2 * i + p);
            const Vector y = at(pair + 2 * i + lanes + p);
            at(d + i + p) = (at(d + i + p) + a * s) + b * y;
        }
    }
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
