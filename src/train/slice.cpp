#include "sae/train/slice.hpp"

#include <algorithm>
#include <cassert>

#include "sae/core/aligned.hpp"
#include "vector_kernels.hpp"

namespace sae {

Slice::Slice(Index length) : size_(static_cast<std::size_t>(length)) {
    assert(length >= 0 && length % block_length == 0);
    values_.reset(static_cast<double*>(allocate_aligned(size_ * sizeof(double))));
    std::fill_n(values_.get(), size_, 0.0);
}

void advance(std::span<const double> x, double t, std::span<const double> d, std::span<double> x_trial,
             int threads, ExactSum& x_x) {
    const auto length = static_cast<Index>(x.size());
#pragma omp parallel num_threads(threads)
    {
        ExactSum own;
#pragma omp for schedule(static)
        for (Index begin = 0; begin < length; begin += block_length) {
            own.add(kernels::best().advance(x.data() + begin, t, d.data() + begin, x_trial.data() + begin));
        }
#pragma omp critical
        x_x.add(own);
    }
}

void gradient_dots(std::span<const double> g, std::span<const double> d, int threads, ExactSum& g_d,
                   ExactSum& g_g) {
    const auto length = static_cast<Index>(g.size());
#pragma omp parallel num_threads(threads)
    {
        ExactSum own_d;
        ExactSum own_g;
#pragma omp for schedule(static)
        for (Index begin = 0; begin < length; begin += block_length) {
            own_d.add(kernels::best().dot(g.data() + begin, d.data() + begin));
            own_g.add(kernels::best().dot(g.data() + begin, g.data() + begin));
        }
#pragma omp critical
        {
            g_d.add(own_d);
            g_g.add(own_g);
        }
    }
}

}  // namespace sae
