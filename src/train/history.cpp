#include "sae/train/history.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "sae/core/aligned.hpp"
#include "vector_kernels.hpp"

namespace sae {

using kernels::chunk_length;
using kernels::dots_per_pair;
using kernels::lanes;

History::History(int capacity, Index length)
    : capacity_(capacity),
      length_(length),
      pairs_(static_cast<std::size_t>(2 * capacity * length) * sizeof(float)) {
    assert(capacity >= 1 && length % block_length == 0);
}

std::size_t History::push_sums() const {
    return static_cast<std::size_t>(dots_per_pair * size_);
}

std::size_t History::offset(Index chunk, int j) const {
    return static_cast<std::size_t>((chunk * capacity_ + slot(j)) * kernels::pair_length);
}

Index History::stride() const {
    return capacity_ * kernels::pair_length;
}

/// The pairs in the order in which each chunk stores them.
std::vector<int> History::by_address() const {
    std::vector<int> order(static_cast<std::size_t>(size_));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [this](int j) { return slot(j); });
    return order;
}

void History::make_room() {
    if (size_ == capacity_) {
        first_ = (first_ + 1) % capacity_;
    } else {
        ++size_;
    }
}

void History::push(const StepVectors& step, BlockRange range, std::span<ExactSum> sums) {
    assert(sums.size() == push_sums());
    const std::vector<int> order = by_address();
    const auto newest = static_cast<std::size_t>(std::ranges::find(order, size_ - 1) - order.begin());
    std::vector<float*> chunks(order.size());
    AlignedVector<double> partial(sums.size() * static_cast<std::size_t>(lanes));
    for (Index begin = range.begin; begin < range.end; begin += block_length) {
        for (std::size_t k = 0; k < order.size(); ++k)
            chunks[k] = pairs() + offset(begin / chunk_length, order[k]);
        kernels::best().push({step.x.data() + begin, step.x_new.data() + begin, step.g.data() + begin,
                              step.g_new.data() + begin},
                             chunks.data(), chunks.size(), newest, stride(), partial.data());
        for (std::size_t k = 0; k < order.size(); ++k) {
            ExactSum* const of_pair = sums.data() + dots_per_pair * order[k];
            const double* from = partial.data() + static_cast<Index>(k) * dots_per_pair * lanes;
            for (int dot = 0; dot < dots_per_pair; ++dot, from += lanes)
                of_pair[dot].add(kernels::sum_lanes(from));
        }
    }
}

void History::drop_newest() {
    assert(size_ > 0);
    --size_;
}

void History::combine(const Coefficients& coefficients, std::span<const double> g, BlockRange range,
                      std::span<double> d, ExactSum& d_g) const {
    assert(coefficients.s.size() == static_cast<std::size_t>(size_));
    std::vector<kernels::Term> terms(coefficients.s.size());
    // Backwards: what push() read last is still in the cache.
    for (Index begin = range.end - block_length; begin >= range.begin; begin -= block_length) {
        for (int j = 0; j < size_; ++j) {
            const auto k = static_cast<std::size_t>(j);
            terms[k] = {pairs() + offset(begin / chunk_length, j), coefficients.s[k], coefficients.y[k]};
        }
        kernels::best().combine(coefficients.g, g.data() + begin, terms.data(), terms.size(), stride(),
                                d.data() + begin);
        d_g.add(kernels::best().dot(d.data() + begin, g.data() + begin));
    }
}

void History::copy_pair(int j, std::span<double> s, std::span<double> y) const {
    assert(j >= 0 && j < size_);
    for (Index i = 0; i < length_; i += chunk_length)
        kernels::best().split(pairs() + offset(i / chunk_length, j), s.data() + i, y.data() + i);
}

void History::restore_pair(std::span<const double> s, std::span<const double> y) {
    assert(size_ < capacity_);
    make_room();
    for (Index i = 0; i < length_; i += chunk_length)
        kernels::best().join(s.data() + i, y.data() + i, pairs() + offset(i / chunk_length, size_ - 1));
}

PairDots pair_dots(std::span<const ExactSum> sums) {
    PairDots dots;
    for (std::size_t k = 0; k < sums.size(); k += dots_per_pair) {
        dots.s_y.push_back(sums[k].value());
        dots.y_y.push_back(sums[k + 1].value());
        dots.s_g.push_back(sums[k + 2].value());
        dots.y_g.push_back(sums[k + 3].value());
    }
    return dots;
}

}  // namespace sae
