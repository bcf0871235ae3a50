#include "sae/train/slice.hpp"

#include <algorithm>
#include <cassert>

#include "sae/core/tiling.hpp"
#include "vector_kernels.hpp"

namespace sae {

BlockRange thread_blocks(Index length, int thread, int threads) {
    const Index blocks = length / block_length;
    return {Tiling::share(blocks, thread, threads) * block_length,
            Tiling::share(blocks, thread + 1, threads) * block_length};
}

BlockRange intersection(BlockRange range, Index begin, Index end) {
    const Index first = std::clamp(begin, range.begin, range.end);
    return {first, std::max(first, std::min(end, range.end))};
}

Slice::Slice(Index length)
    : memory_(static_cast<std::size_t>(length) * sizeof(double)), size_(static_cast<std::size_t>(length)) {
    assert(length >= 0 && length % block_length == 0);
}

std::span<double> Slice::span(BlockRange range) {
    return span().subspan(static_cast<std::size_t>(range.begin),
                          static_cast<std::size_t>(range.end - range.begin));
}

std::span<const double> Slice::span(BlockRange range) const {
    return span().subspan(static_cast<std::size_t>(range.begin),
                          static_cast<std::size_t>(range.end - range.begin));
}

void advance(std::span<const double> x, double t, std::span<const double> d, std::span<double> x_trial,
             ExactSum& x_x) {
    constexpr auto block = static_cast<std::size_t>(block_length);
    for (std::size_t i = 0; i < x.size(); i += block)
        x_x.add(kernels::best().advance(x.data() + i, t, d.data() + i, x_trial.data() + i));
}

void add_dot(std::span<const double> a, std::span<const double> b, ExactSum& sum) {
    constexpr auto block = static_cast<std::size_t>(block_length);
    for (std::size_t i = 0; i < a.size(); i += block)
        sum.add(kernels::best().dot(a.data() + i, b.data() + i));
}

}  // namespace sae
