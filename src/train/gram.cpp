#include "sae/train/gram.hpp"

#include <algorithm>
#include <cassert>
#include <string>

#include "sae/core/error.hpp"

namespace sae {

Gram::Gram(int capacity)
    : capacity_(capacity),
      s_y_(static_cast<std::size_t>(capacity) * static_cast<std::size_t>(capacity)),
      y_y_(s_y_.size()),
      s_g_(static_cast<std::size_t>(capacity)),
      y_g_(static_cast<std::size_t>(capacity)) {}

void Gram::push(const PairDots& dots) {
    if (size_ == capacity_) drop_oldest();
    const int newest = size_++;
    assert(dots.s_y.size() == static_cast<std::size_t>(size_));
    for (int i = 0; i < size_; ++i) {
        const auto k = static_cast<std::size_t>(i);
        s_y_[at(i, newest)] = dots.s_y[k];
        y_y_[at(i, newest)] = dots.y_y[k];
        s_g_[k] = dots.s_g[k];
        y_g_[k] = dots.y_g[k];
    }
}

void Gram::drop_newest() {
    assert(size_ > 0);
    --size_;
}

void Gram::drop_oldest() {
    for (int i = 1; i < size_; ++i) {
        for (int j = i; j < size_; ++j) {
            s_y_[at(i - 1, j - 1)] = s_y_[at(i, j)];
            y_y_[at(i - 1, j - 1)] = y_y_[at(i, j)];
        }
    }
    --size_;
}

Coefficients Gram::direction() const {
    const auto count = static_cast<std::size_t>(size_);
    Coefficients d{std::vector<double>(count), std::vector<double>(count), -1};
    if (size_ == 0) return d;
    std::vector<double> alpha(count);
    // From newest to oldest: alpha_i = s_i . q / (s_i . y_i), q = q - alpha_i y_i; q starts at -g.
    for (int i = size_ - 1; i >= 0; --i) {
        const auto k = static_cast<std::size_t>(i);
        double s_q = d.g * s_g_[k];
        for (int j = i + 1; j < size_; ++j) s_q += d.y[static_cast<std::size_t>(j)] * s_y_[at(i, j)];
        alpha[k] = s_q / s_y_[at(i, i)];
        d.y[k] = -alpha[k];
    }
    const double gamma = s_y_[at(size_ - 1, size_ - 1)] / y_y_[at(size_ - 1, size_ - 1)];
    d.g *= gamma;
    for (double& y : d.y) y *= gamma;
    // From oldest to newest: beta_i = y_i . r / (s_i . y_i), r = r + (alpha_i - beta_i) s_i; r starts at H_0
    // q.
    for (int i = 0; i < size_; ++i) {
        const auto k = static_cast<std::size_t>(i);
        double y_r = d.g * y_g_[k];
        for (int j = 0; j < size_; ++j) {
            y_r += d.y[static_cast<std::size_t>(j)] * y_y_[at(std::min(i, j), std::max(i, j))];
        }
        for (int j = 0; j < i; ++j) y_r += d.s[static_cast<std::size_t>(j)] * s_y_[at(j, i)];
        d.s[k] = alpha[k] - y_r / s_y_[at(i, i)];
    }
    return d;
}

std::vector<double> Gram::numbers() const {
    std::vector<double> numbers;
    for (const std::vector<double>* matrix : {&s_y_, &y_y_}) {
        for (int i = 0; i < size_; ++i) {
            for (int j = i; j < size_; ++j) numbers.push_back((*matrix)[at(i, j)]);
        }
    }
    numbers.insert(numbers.end(), s_g_.begin(), s_g_.begin() + size_);
    numbers.insert(numbers.end(), y_g_.begin(), y_g_.begin() + size_);
    return numbers;
}

void Gram::restore(int size, std::span<const double> numbers) {
    const auto expected = static_cast<std::size_t>(size) * static_cast<std::size_t>(size + 3);
    if (size < 0 || size > capacity_ || numbers.size() != expected) {
        throw Error("optimiser state: " + std::to_string(numbers.size()) + " dot products for " +
                    std::to_string(size) + " pairs of a history of at most " + std::to_string(capacity_));
    }
    size_ = size;
    auto next = numbers.begin();
    for (std::vector<double>* matrix : {&s_y_, &y_y_}) {
        for (int i = 0; i < size_; ++i) {
            for (int j = i; j < size_; ++j) (*matrix)[at(i, j)] = *next++;
        }
    }
    std::copy(next, next + size_, s_g_.begin());
    std::copy(next + size_, next + 2 * size_, y_g_.begin());
}

}  // namespace sae
