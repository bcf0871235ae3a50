#include "sae/train/history.hpp"

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "vector_kernels.hpp"

namespace sae {

using kernels::chunk_length;
using kernels::dots_per_pair;
using kernels::lanes;

namespace {

Index whole_blocks(Index length) {
    return (length + block_length - 1) / block_length * block_length;
}

struct Range {
    Index begin = 0;
    Index end = 0;
};

/// The blocks of the calling thread: the same in all passes.
Range own_blocks(Index length) {
    const Index blocks = length / block_length;
    const Index threads = omp_get_num_threads();
    const Index thread = omp_get_thread_num();
    return {blocks * thread / threads * block_length, blocks * (thread + 1) / threads * block_length};
}

}  // namespace

History::History(int capacity, Index length, int threads)
    : capacity_(capacity),
      length_(length),
      threads_(threads),
      pairs_(static_cast<std::size_t>(2 * capacity * length)) {
    assert(capacity >= 1 && threads >= 1 && length % block_length == 0);
    const Index dots = Index{dots_per_pair} * capacity;
    for (int thread = 0; thread < threads; ++thread) {
        scratch_.push_back(
            {std::vector<ExactSum>(static_cast<std::size_t>(dots)), Slice(whole_blocks(dots * lanes))});
    }
}

std::size_t History::push_sums() const {
    return static_cast<std::size_t>(dots_per_pair * std::min(size_ + 1, capacity_));
}

std::size_t History::offset(Index chunk, int j) const {
    return static_cast<std::size_t>((chunk * capacity_ + slot(j)) * kernels::pair_length);
}

Index History::stride() const {
    return capacity_ * kernels::pair_length;
}

/// The pairs in the order in which they lie in each chunk.
std::vector<int> History::by_address() const {
    std::vector<int> order(static_cast<std::size_t>(size_));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [this](int j) { return slot(j); });
    return order;
}

void History::open_slot() {
    if (size_ == capacity_) {
        first_ = (first_ + 1) % capacity_;
    } else {
        ++size_;
    }
}

void History::push(std::span<const double> x, std::span<const double> x_new, std::span<const double> g,
                   std::span<const double> g_new, std::span<ExactSum> sums) {
    assert(sums.size() == push_sums());
    open_slot();
    const kernels::Step step{x.data(), x_new.data(), g.data(), g_new.data()};
    const std::vector<int> order = by_address();
#pragma omp parallel num_threads(threads_)
    {
        Scratch& scratch = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
        for (ExactSum& sum : scratch.sums) sum.reset();
        const Range own = own_blocks(length_);
        for (Index begin = own.begin; begin < own.end; begin += block_length) {
            push_block(step, begin, order, scratch);
        }
#pragma omp critical
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k].add(scratch.sums[k]);
    }
}

void History::push_block(const kernels::Step& step, Index begin, std::span<const int> order,
                         Scratch& scratch) {
    std::vector<float*> chunks(order.size());
    for (std::size_t k = 0; k < order.size(); ++k)
        chunks[k] = pairs_.data() + offset(begin / chunk_length, order[k]);
    const auto newest = std::ranges::find(order, size_ - 1) - order.begin();
    double* const partial = scratch.lanes.span().data();
    kernels::best().push({step.x + begin, step.x_new + begin, step.g + begin, step.g_new + begin},
                         chunks.data(), chunks.size(), static_cast<std::size_t>(newest), stride(), partial);
    for (std::size_t k = 0; k < order.size(); ++k) {
        ExactSum* const sums = scratch.sums.data() + dots_per_pair * order[k];
        for (int dot = 0; dot < dots_per_pair; ++dot)
            sums[dot].add(kernels::sum_lanes(partial + (dots_per_pair * static_cast<int>(k) + dot) * lanes));
    }
}

void History::drop_newest() {
    assert(size_ > 0);
    --size_;
}

void History::combine(const Coefficients& coefficients, std::span<const double> g, std::span<double> d,
                      ExactSum& d_g) const {
    assert(coefficients.s.size() == static_cast<std::size_t>(size_));
#pragma omp parallel num_threads(threads_)
    {
        ExactSum sum;
        std::vector<kernels::Term> terms(coefficients.s.size());
        const Range own = own_blocks(length_);
        // Backwards: what push() read last is still in the cache.
        for (Index begin = own.end - block_length; begin >= own.begin; begin -= block_length) {
            for (int j = 0; j < size_; ++j) {
                const auto k = static_cast<std::size_t>(j);
                terms[k] = {pairs_.data() + offset(begin / chunk_length, j), coefficients.s[k],
                            coefficients.y[k]};
            }
            kernels::best().combine(coefficients.g, g.data() + begin, terms.data(), terms.size(), stride(),
                                    d.data() + begin);
            sum.add(kernels::best().dot(d.data() + begin, g.data() + begin));
        }
#pragma omp critical
        d_g.add(sum);
    }
}

void History::copy_pair(int j, std::span<double> s, std::span<double> y) const {
    assert(j >= 0 && j < size_);
    for (Index i = 0; i < length_; i += chunk_length)
        kernels::best().split(pairs_.data() + offset(i / chunk_length, j), s.data() + i, y.data() + i);
}

void History::restore_pair(std::span<const double> s, std::span<const double> y) {
    assert(size_ < capacity_);
    open_slot();
    for (Index i = 0; i < length_; i += chunk_length)
        kernels::best().join(s.data() + i, y.data() + i, pairs_.data() + offset(i / chunk_length, size_ - 1));
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
