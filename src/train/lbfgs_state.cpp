#include <cmath>
#include <string>

#include "sae/core/error.hpp"
#include "sae/data/metadata.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Error("optimiser state: " + what);
}

/// Reads numbers one after the other.
class Reader {
  public:
    explicit Reader(std::span<const double> numbers) : left_(numbers) {}

    double number() { return take(1)[0]; }

    Index count(double limit) {
        const double value = number();
        if (!(value >= 0 && value <= limit && value == std::floor(value))) {
            refuse("a count is " + shortest_decimal(value) + ", expected a whole number from 0 to " +
                   shortest_decimal(limit));
        }
        return static_cast<Index>(value);
    }

    std::span<const double> take(std::size_t count) {
        if (count > left_.size()) refuse("it ends early");
        const auto taken = left_.first(count);
        left_ = left_.subspan(count);
        return taken;
    }

    std::span<const double> rest() { return take(left_.size()); }

  private:
    std::span<const double> left_;
};

}  // namespace

std::vector<double> pack(const LbfgsState& state) {
    const Trial& at = state.current;
    std::vector<double> numbers{static_cast<double>(state.iterations),
                                static_cast<double>(state.evaluations),
                                static_cast<double>(state.failures),
                                at.cost,
                                at.slope,
                                at.gradient_norm,
                                at.x_norm,
                                at.terms.reconstruction,
                                at.terms.weight_decay,
                                at.terms.sparsity,
                                static_cast<double>(state.gram.size()),
                                static_cast<double>(state.past_costs.size())};
    numbers.insert(numbers.end(), state.past_costs.begin(), state.past_costs.end());
    const std::vector<double> gram = state.gram.numbers();
    numbers.insert(numbers.end(), gram.begin(), gram.end());
    return numbers;
}

LbfgsState unpack(std::span<const double> numbers, int history) {
    constexpr double largest_count = 9007199254740992;  // 2^53
    Reader reader(numbers);
    LbfgsState state;
    state.iterations = reader.count(largest_count);
    state.evaluations = reader.count(largest_count);
    state.failures = static_cast<int>(reader.count(2));
    Trial& at = state.current;
    for (double* value : {&at.cost, &at.slope, &at.gradient_norm, &at.x_norm, &at.terms.reconstruction,
                          &at.terms.weight_decay, &at.terms.sparsity}) {
        *value = reader.number();
    }
    if (!at.finite()) refuse("its cost or gradient is not finite");
    const auto pairs = static_cast<int>(reader.count(history));
    const auto past = reader.take(static_cast<std::size_t>(reader.count(largest_count)));
    state.past_costs.assign(past.begin(), past.end());
    state.gram = Gram(history);
    state.gram.restore(pairs, reader.rest());
    return state;
}

}  // namespace sae
