#pragma once
#include <cstddef>
#include <vector>

#include "exact_sum.hpp"
#include "functions.hpp"

namespace reference {

using Vector = std::vector<double>;

/// Section "Dot products": theta's segments W1, W2 and [b1, b2] are cut into blocks, each segment from its
/// own first element on.
class Blocks {
  public:
    static constexpr std::size_t length = 1024;

    /// Of a theta whose segments end where `ends` says.
    explicit Blocks(std::vector<std::size_t> ends) : ends_(std::move(ends)) {}

    /// Calls act(first, last) for each block up to `end`, an end of a segment.
    template <class Act>
    void each(std::size_t begin, std::size_t end, Act act) const {
        std::size_t first = 0;
        for (const std::size_t last : ends_) {
            for (; first < last; first = std::min(last, first + length))
                if (begin <= first && first < end) act(first, std::min(last, first + length));
        }
    }

    [[nodiscard]] std::size_t size() const { return ends_.back(); }
    [[nodiscard]] std::size_t weights() const { return ends_[1]; }

    /// The exact sum over the blocks in [begin, end) of the sums of each.
    template <class Number>
    double dot(const std::vector<Number>& a, const Vector& b, std::size_t begin, std::size_t end) const {
        ExactSum sum;
        each(begin, end, [&](std::size_t first, std::size_t last) {
            double lane[8] = {};
            for (std::size_t i = first; i < last; ++i)
                lane[(i - first) % 8] = std::fma(static_cast<double>(a[i]), b[i], lane[(i - first) % 8]);
            sum.add(tree_of_eight(lane));
        });
        return sum.value();
    }

    template <class Number>
    double dot(const std::vector<Number>& a, const Vector& b) const {
        return dot(a, b, 0, size());
    }

  private:
    std::vector<std::size_t> ends_;
};

}  // namespace reference
