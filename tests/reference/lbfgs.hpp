#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "line_search.hpp"
#include "objective.hpp"
#include "vectors.hpp"

namespace reference {

struct Limits {
    std::size_t history = 10, iterations = 400;
    double gradient_tolerance = 1e-5, cost_tolerance = 0;
};

/// Section "L-BFGS". One iteration at a time; `T` is the number type of the products.
template <class T>
class Lbfgs {
  public:
    Lbfgs(const Settings& settings, const Limits& limits, std::vector<std::uint8_t> bytes, Vector theta)
        : limits_(limits),
          blocks_({settings.w2(), settings.b1(), settings.size()}),
          objective_(settings, std::move(bytes)),
          x_(std::move(theta)) {
        evaluate(x_, now_);
        evaluations = 1;
    }

    std::size_t iterations = 0, evaluations = 0;
    double step = 0;

    [[nodiscard]] const Vector& theta() const { return x_; }
    [[nodiscard]] double cost() const { return now_.cost; }
    [[nodiscard]] double gradient_norm() const {
        return std::sqrt(blocks().dot(now_.gradient, now_.gradient));
    }

    [[nodiscard]] bool done() const {
        return gradient_norm() <= limits_.gradient_tolerance * std::max(1.0, norm_of_x_) || cost_stands() ||
               failures_ >= 2 || iterations >= limits_.iterations;
    }

    void iterate() {
        set_direction();
        const double slope = blocks().dot(d_, now_.gradient);
        Found found;
        if (slope < 0 && std::isfinite(slope)) {
            LineSearch line(now_.cost, slope, [this](double t) { return try_step(t); });
            found = line.search(pairs_.empty() ? 1 / gradient_norm() : 1.0);
        }
        ++iterations;
        if (found.found) {
            step = found.last.step;
            push_pair();
            cost_before_ = now_.cost;
            move();
            failures_ = 0;
        } else {
            restart(found);
        }
    }

  private:
    /// The rounded numbers of a step, and what pairs up to this one have to do with it.
    struct Pair {
        std::vector<float> s, y;
        Vector s_y, y_y;  ///< s_i . y and y_i . y for all pairs i up to this one
    };

    const Blocks& blocks() const { return blocks_; }

    [[nodiscard]] bool cost_stands() const {
        if (limits_.cost_tolerance <= 0 || !cost_before_) return false;
        const double scale = std::max({1.0, std::abs(*cost_before_), std::abs(now_.cost)});
        return std::abs(now_.cost - *cost_before_) <= limits_.cost_tolerance * scale;
    }

    void evaluate(const Vector& x, Point& point) {
        const double weights = blocks().dot(x, x, 0, blocks().weights());
        const double biases = blocks().dot(x, x, blocks().weights(), blocks().size());
        point.weight_squares = weights;
        trial_norm_ = std::sqrt(weights + biases);
        objective_.evaluate(x, point);
        if (&x == &x_) norm_of_x_ = trial_norm_;
    }

    Trial try_step(double t) {
        trial_x_.resize(x_.size());
        for (std::size_t i = 0; i < x_.size(); ++i) trial_x_[i] = std::fma(t, d_[i], x_[i]);
        evaluate(trial_x_, trial_);
        trial_step_ = t;
        ++evaluations;
        if (!std::isfinite(trial_.cost)) return {t, trial_.cost, 0, false};
        const double slope = blocks().dot(d_, trial_.gradient);
        const double squares = blocks().dot(trial_.gradient, trial_.gradient);
        return {t, trial_.cost, slope, std::isfinite(slope) && std::isfinite(std::sqrt(squares))};
    }

    void move() {
        std::swap(x_, trial_x_);
        std::swap(now_, trial_);
        norm_of_x_ = trial_norm_;
    }

    void restart(const Found& found) {
        step = found.best_step;
        const bool hopeless = step == 0 && pairs_.empty();
        if (step > 0) {
            if (trial_step_ != step) static_cast<void>(try_step(step));
            move();
        }
        pairs_.clear();
        cost_before_.reset();
        failures_ = hopeless ? 2 : failures_ + 1;
    }

    /// The pair of the step from x to the trial, if the curvature along it is positive.
    void push_pair() {
        Pair pair;
        for (std::size_t i = 0; i < x_.size(); ++i) {
            pair.s.push_back(static_cast<float>(trial_x_[i] - x_[i]));
            pair.y.push_back(static_cast<float>(trial_.gradient[i] - now_.gradient[i]));
        }
        if (pairs_.size() == limits_.history) drop_oldest();
        pairs_.push_back(std::move(pair));
        Pair& newest = pairs_.back();
        const Vector y(newest.y.begin(), newest.y.end());
        for (const Pair& each : pairs_) {
            newest.s_y.push_back(blocks().dot(each.s, y));
            newest.y_y.push_back(blocks().dot(each.y, y));
        }
        if (!(newest.s_y.back() > std::numeric_limits<double>::epsilon() * newest.y_y.back()))
            pairs_.pop_back();
    }

    void drop_oldest() {
        pairs_.erase(pairs_.begin());
        for (Pair& pair : pairs_) {
            pair.s_y.erase(pair.s_y.begin());
            pair.y_y.erase(pair.y_y.begin());
        }
    }

    /// Section "L-BFGS", direction: the two loops on coefficients, then one pass over the elements.
    void set_direction() {
        const std::size_t n = pairs_.size();
        const Vector& g = now_.gradient;
        Vector of_s(n), of_y(n), alpha(n);
        double of_g = -1;
        const auto s_y = [&](std::size_t i, std::size_t j) { return pairs_[j].s_y[i]; };  // i <= j
        const auto y_y = [&](std::size_t i, std::size_t j) {
            return pairs_[std::max(i, j)].y_y[std::min(i, j)];
        };
        for (std::size_t i = n; i-- > 0;) {
            double s_q = of_g * blocks().dot(pairs_[i].s, g);
            for (std::size_t j = i + 1; j < n; ++j) s_q += of_y[j] * s_y(i, j);
            alpha[i] = s_q / s_y(i, i);
            of_y[i] = -alpha[i];
        }
        if (n > 0) {
            const double gamma = s_y(n - 1, n - 1) / y_y(n - 1, n - 1);
            of_g *= gamma;
            for (double& y : of_y) y *= gamma;
        }
        for (std::size_t i = 0; i < n; ++i) {
            double y_r = of_g * blocks().dot(pairs_[i].y, g);
            for (std::size_t j = 0; j < n; ++j) y_r += of_y[j] * y_y(i, j);
            for (std::size_t j = 0; j < i; ++j) y_r += of_s[j] * s_y(j, i);
            of_s[i] = alpha[i] - y_r / s_y(i, i);
        }
        d_.resize(g.size());
        for (std::size_t k = 0; k < d_.size(); ++k) {
            double d = of_g * g[k];
            for (std::size_t j = 0; j < n; ++j) {
                d = std::fma(of_s[j], static_cast<double>(pairs_[j].s[k]), d);
                d = std::fma(of_y[j], static_cast<double>(pairs_[j].y[k]), d);
            }
            d_[k] = d;
        }
    }

    Limits limits_;
    Blocks blocks_;
    Objective<T> objective_;
    Vector x_, trial_x_, d_;
    Point now_, trial_;
    double norm_of_x_ = 0, trial_norm_ = 0, trial_step_ = 0;
    std::optional<double> cost_before_;  ///< the last iteration
    std::vector<Pair> pairs_;
    int failures_ = 0;
};

}  // namespace reference
