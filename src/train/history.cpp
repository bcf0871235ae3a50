#include "sae/train/history.hpp"

#include <omp.h>

#include <algorithm>
#include <cassert>

#include "history_kernels.hpp"

namespace sae {

using kernels::chunk_length;
using kernels::dots_per_pair;
using kernels::lanes;

namespace {

Index whole_blocks(Index length) {
    return (length + block_length - 1) / block_length * block_length;
}

}  // namespace

History::History(int capacity, Index length, int threads)
    : capacity_(capacity), length_(length), threads_(threads), pairs_(2 * capacity * length) {
    assert(capacity >= 1 && threads >= 1);
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
    return static_cast<std::size_t>((chunk * capacity_ + slot(j)) * 2 * chunk_length);
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
#pragma omp parallel num_threads(threads_)
    {
        Scratch& scratch = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
        for (ExactSum& sum : scratch.sums) sum.reset();
#pragma omp for schedule(static)
        for (Index begin = 0; begin < length_; begin += block_length) {
            push_block(begin, x.data(), x_new.data(), g.data(), g_new.data(), scratch);
        }
#pragma omp critical
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k].add(scratch.sums[k]);
    }
}

void History::push_block(Index begin, const double* x, const double* x_new, const double* g,
                         const double* g_new, Scratch& scratch) {
    double* const partial = scratch.lanes.span().data();
    std::fill_n(partial, size_ * dots_per_pair * lanes, 0.0);
    for (Index i = begin; i < begin + block_length; i += chunk_length) {
        double* const pairs = pairs_.span().data();
        double* const s_new = pairs + offset(i / chunk_length, size_ - 1);
        double* const y_new = s_new + chunk_length;
        kernels::form_pair(x + i, x_new + i, g + i, g_new + i, s_new, y_new);
        for (int j = 0; j < size_; ++j) {
            const double* const s = pairs + offset(i / chunk_length, j);
            kernels::add_pair_dots(s, s + chunk_length, y_new, g_new + i,
                                   partial + j * dots_per_pair * lanes);
        }
    }
    for (int k = 0; k < size_ * dots_per_pair; ++k) {
        scratch.sums[static_cast<std::size_t>(k)].add(kernels::sum_lanes(partial + k * lanes));
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
        ExactSum own;
#pragma omp for schedule(static)
        for (Index begin = 0; begin < length_; begin += block_length) {
            for (Index i = begin; i < begin + block_length; i += chunk_length) {
                kernels::scale(coefficients.g, g.data() + i, d.data() + i);
                for (int j = 0; j < size_; ++j) {
                    const double* const s = pairs_.span().data() + offset(i / chunk_length, j);
                    const auto k = static_cast<std::size_t>(j);
                    kernels::add_pair(coefficients.s[k], s, coefficients.y[k], s + chunk_length,
                                      d.data() + i);
                }
            }
            own.add(kernels::dot(d.data() + begin, g.data() + begin));
        }
#pragma omp critical
        d_g.add(own);
    }
}

void History::copy_pair(int j, std::span<double> s, std::span<double> y) const {
    assert(j >= 0 && j < size_);
    for (Index i = 0; i < length_; i += chunk_length) {
        const double* const pair = pairs_.span().data() + offset(i / chunk_length, j);
        std::copy_n(pair, chunk_length, s.data() + i);
        std::copy_n(pair + chunk_length, chunk_length, y.data() + i);
    }
}

void History::restore_pair(std::span<const double> s, std::span<const double> y) {
    assert(size_ < capacity_);
    open_slot();
    for (Index i = 0; i < length_; i += chunk_length) {
        double* const pair = pairs_.span().data() + offset(i / chunk_length, size_ - 1);
        std::copy_n(s.data() + i, chunk_length, pair);
        std::copy_n(y.data() + i, chunk_length, pair + chunk_length);
    }
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
