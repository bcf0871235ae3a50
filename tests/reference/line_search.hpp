#pragma once
#include <algorithm>
#include <cmath>
#include <functional>

namespace reference {

/// Section "L-BFGS", line search: what is known of a trial x + t d.
struct Trial {
    double step = 0, cost = 0, slope = 0;
    bool finite = true;
};

/// How a search ended: `found`, at the last trial; or not, the best step seen being best_step (0: none).
struct Found {
    bool found = false;
    Trial last;
    double best_step = 0;
};

/// Looks for the strong Wolfe conditions from the first step `step`; `phi` evaluates a trial.
class LineSearch {
  public:
    LineSearch(double cost, double slope, std::function<Trial(double)> phi)
        : cost_(cost), slope_(slope), phi_(std::move(phi)), best_cost_(cost) {}

    Found search(double step) {
        Outcome outcome = bracket(step);
        if (outcome == Outcome::interval) outcome = zoom();
        Found found{false, last_, best_step_};
        if (outcome == Outcome::failed) return found;
        const Trial& at = last_;
        found.found = at.finite && at.cost < cost_ && at.cost <= cost_ + 1e-4 * at.step * slope_;
        return found;
    }

  private:
    enum class Outcome { ended, failed, interval };

    /// What the search is shown of a trial: one that is not finite looks like a rising line.
    Trial look(double step) {
        last_ = phi_(step);
        if (last_.finite && last_.cost < best_cost_) {
            best_cost_ = last_.cost;
            best_step_ = step;
        }
        if (last_.finite) return last_;
        return {step, cost_ - slope_ * step, -slope_, true};
    }

    [[nodiscard]] bool decreases_too_little(const Trial& at) const {
        return at.cost - cost_ > at.step * (1e-4 * slope_);
    }
    [[nodiscard]] bool flat(const Trial& at) const { return std::abs(at.slope) <= -0.9 * slope_; }
    /// The 21st trial is the last.
    bool exhausted() { return evaluations_++ >= 20; }

    Outcome bracket(double step) {
        low_ = {0, cost_, slope_};
        for (;; step *= 2) {
            if (!std::isfinite(step)) return Outcome::failed;
            const Trial at = look(step);
            if (exhausted()) return Outcome::ended;
            if (decreases_too_little(at) || (0 < low_.step && at.cost >= low_.cost)) {
                high_ = at;
                return Outcome::interval;
            }
            if (flat(at)) return Outcome::ended;
            high_ = low_;
            low_ = at;
            if (at.slope >= 0) return Outcome::interval;
        }
    }

    Outcome zoom() {
        for (;;) {
            const double step = next_step();
            if (!std::isfinite(step)) return Outcome::failed;
            const Trial at = look(step);
            if (exhausted()) return Outcome::ended;
            if (decreases_too_little(at) || at.cost >= low_.cost) {
                if (at.step == high_.step) return Outcome::failed;
                high_ = at;
                continue;
            }
            if (flat(at)) return Outcome::ended;
            if (at.slope * (high_.step - low_.step) >= 0) high_ = low_;
            if (at.step == low_.step) return Outcome::failed;
            low_ = at;
        }
    }

    /// The minimum of the parabola through both costs and the lower end's slope, or else the middle.
    [[nodiscard]] double next_step() const {
        const double rise = high_.cost - low_.cost;
        double step = rise * low_.step - (high_.step * high_.step - low_.step * low_.step) * low_.slope / 2;
        step /= rise - (high_.step - low_.step) * low_.slope;
        if (step <= std::min(low_.step, high_.step) || step >= std::max(low_.step, high_.step))
            step = low_.step / 2 + high_.step / 2;
        return step;
    }

    double cost_, slope_;
    std::function<Trial(double)> phi_;
    double best_cost_, best_step_ = 0;
    Trial last_, low_, high_;
    int evaluations_ = 0;
};

}  // namespace reference
