#pragma once
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "sae/train/history.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae::test {

/// An objective: returns the cost at x and overwrites g with the gradient.
using Objective = std::function<double(std::span<const double> x, std::span<double> g)>;

/// The optimiser's vectors in one process, for any objective.
class LocalSpace : public LbfgsSpace {
  public:
    LocalSpace(Objective objective, const std::vector<double>& x, int history)
        : objective_(std::move(objective)),
          size_(x.size()),
          history_(history, padded()),
          x_(padded()),
          g_(padded()),
          d_(padded()),
          x_trial_(padded()),
          g_trial_(padded()) {
        std::copy(x.begin(), x.end(), x_.span().begin());
    }

    Trial start() override { return evaluate(x_, g_); }

    Trial try_step(double t) override {
        ExactSum x_x;
        advance(x_.span(), t, d_.span(), x_trial_.span(), x_x);
        last_step = t;
        return evaluate(x_trial_, g_trial_);
    }

    PairDots accept() override {
        history_.make_room();
        std::vector<ExactSum> sums(history_.push_sums());
        history_.push({x_.span(), x_trial_.span(), g_.span(), g_trial_.span()}, {0, padded()}, sums);
        std::swap(x_, x_trial_);
        std::swap(g_, g_trial_);
        return pair_dots(sums);
    }

    void drop_pair() override { history_.drop_newest(); }
    void forget() override { history_.clear(); }

    double set_direction(const Coefficients& coefficients) override {
        ExactSum d_g;
        history_.combine(coefficients, g_.span(), {0, padded()}, d_.span(), d_g);
        return d_g.value();
    }

    /// Overwrites x and g and the history with those of another space, pair by pair as a checkpoint does.
    void restore(const LocalSpace& other) {
        std::copy_n(other.x_.span().begin(), x_.span().size(), x_.span().begin());
        std::copy_n(other.g_.span().begin(), g_.span().size(), g_.span().begin());
        Slice s(padded());
        Slice y(padded());
        history_.clear();
        for (int j = 0; j < other.history_.size(); ++j) {
            other.history_.copy_pair(j, s.span(), y.span());
            history_.restore_pair(s.span(), y.span());
        }
    }

    [[nodiscard]] std::vector<double> x() const { return first(x_); }
    [[nodiscard]] std::vector<double> g() const { return first(g_); }
    [[nodiscard]] std::vector<double> d() const { return first(d_); }
    [[nodiscard]] const History& history() const { return history_; }

    int evaluations = 0;
    int interrupt_after = -1;  ///< the evaluation that reports an interrupt, counted from 0
    double last_step = 0;

  private:
    [[nodiscard]] Index padded() const {
        return (static_cast<Index>(size_) + block_length - 1) / block_length * block_length;
    }

    [[nodiscard]] std::vector<double> first(const Slice& slice) const {
        return {slice.span().begin(), slice.span().begin() + static_cast<std::ptrdiff_t>(size_)};
    }

    Trial evaluate(Slice& x, Slice& g) {
        ExactSum g_d;
        ExactSum g_g;
        ExactSum x_x;
        Trial trial;
        trial.interrupted = evaluations++ == interrupt_after;
        trial.cost = objective_(x.span().first(size_), g.span().first(size_));
        trial.terms.reconstruction = trial.cost;
        add_dot(g.span(), d_.span(), g_d);
        add_dot(g.span(), g.span(), g_g);
        add_dot(x.span(), x.span(), x_x);
        trial.slope = g_d.value();
        trial.gradient_norm = std::sqrt(g_g.value());
        trial.x_norm = std::sqrt(x_x.value());
        return trial;
    }

    Objective objective_;
    std::size_t size_;
    History history_;
    Slice x_, g_, d_, x_trial_, g_trial_;
};

/// The sum over i of 100 (x_2i+1 - x_2i^2)^2 + (1 - x_2i)^2, of even length.
inline double rosenbrock(std::span<const double> x, std::span<double> g) {
    double cost = 0;
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
        const double a = 1 - x[i];
        const double b = 10 * (x[i + 1] - x[i] * x[i]);
        g[i + 1] = 20 * b;
        g[i] = -2 * (x[i] * g[i + 1] + a);
        cost += a * a + b * b;
    }
    return cost;
}

/// sum c_i (x_i - 1)^2 / 2 with c from 1 to `condition`, evenly on a logarithmic scale.
inline Objective quadratic(double condition) {
    return [condition](std::span<const double> x, std::span<double> g) {
        double cost = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double c = std::pow(condition, static_cast<double>(i) / static_cast<double>(x.size() - 1));
            g[i] = c * (x[i] - 1);
            cost += g[i] * (x[i] - 1) / 2;
        }
        return cost;
    };
}

}  // namespace sae::test
