#include "sae/train/slice.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <new>

#include "history_kernels.hpp"

namespace sae {
namespace {

constexpr std::size_t huge_page = std::size_t{1} << 21;

}  // namespace

Slice::Slice(Index length) : size_(static_cast<std::size_t>(length)) {
    assert(length >= 0 && length % block_length == 0);
    const std::size_t bytes = size_ * sizeof(double);
    const std::size_t alignment = bytes >= huge_page / 2 ? huge_page : 64;
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    values_.reset(static_cast<double*>(std::aligned_alloc(alignment, whole)));
    if (!values_ && whole > 0) throw std::bad_alloc();
    // An advice: slices are read from end to end at the speed of memory, and translating addresses of 4 KiB
    // pages is a third of that time. Where it is not followed, all works as well.
    if (alignment == huge_page) static_cast<void>(madvise(values_.get(), whole, MADV_HUGEPAGE));
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
            own.add(kernels::advance(x.data() + begin, t, d.data() + begin, x_trial.data() + begin));
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
            own_d.add(kernels::dot(g.data() + begin, d.data() + begin));
            own_g.add(kernels::dot(g.data() + begin, g.data() + begin));
        }
#pragma omp critical
        {
            g_d.add(own_d);
            g_g.add(own_g);
        }
    }
}

}  // namespace sae
