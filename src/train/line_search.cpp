#include "sae/train/line_search.hpp"

#include <LBFGS.h>

#include <cmath>
#include <exception>
#include <limits>
#include <stdexcept>

namespace sae {
namespace {

using Vector = Eigen::VectorXd;
using Parameters = LBFGSpp::LBFGSParam<double>;

/// Thrown to leave LBFGSpp's search because a trial was interrupted or `phi` threw.
struct Abandon {};

/// phi as LBFGSpp calls it, and a record of what it saw.
class Restriction {
  public:
    Restriction(const LineSearchStart& start, const std::function<Trial(double)>& phi)
        : start_(start), phi_(phi), best_cost_(start.cost) {}

    double operator()(const Vector& t, Vector& slope) {
        if (!std::isfinite(t[0]))
            throw std::runtime_error("the line search asked for a step that is not finite");
        evaluate(t[0]);
        if (trial_.finite()) {
            slope[0] = trial_.slope;
            return trial_.cost;
        }
        // A rising line violates both Wolfe conditions, and interpolation through it returns t / 4.
        slope[0] = -start_.slope;
        return start_.cost - start_.slope * t[0];
    }

    void evaluate(double t) {
        try {
            trial_ = phi_(t);
        } catch (...) {
            thrown_ = std::current_exception();
            throw Abandon{};
        }
        if (trial_.interrupted) throw Abandon{};
        step_ = t;
        ++evaluations_;
        if (trial_.finite() && trial_.cost < best_cost_) {
            best_cost_ = trial_.cost;
            best_step_ = t;
        }
    }

    /// Makes the trial at `t` the last one, because the space has x and g of the last trial only.
    void return_to(double t) {
        if (step_ != t) evaluate(t);
    }

    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

    [[nodiscard]] const Trial& trial() const { return trial_; }
    [[nodiscard]] double best_step() const { return best_step_; }
    [[nodiscard]] int evaluations() const { return evaluations_; }

  private:
    const LineSearchStart& start_;
    const std::function<Trial(double)>& phi_;
    Trial trial_;
    double step_ = 0;
    double best_cost_;
    double best_step_ = 0;
    int evaluations_ = 0;
    std::exception_ptr thrown_;
};

Parameters parameters(LineSearch kind, int max_evaluations) {
    Parameters parameters;
    parameters.linesearch = kind == LineSearch::backtracking
                                ? LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_WOLFE
                                : LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE;
    parameters.max_linesearch = max_evaluations;
    // A first step of 1 / ||g|| may have any size.
    parameters.min_step = 0;
    parameters.max_step = std::numeric_limits<double>::max();
    return parameters;
}

/// Runs a search of LBFGSpp; returns its step. Its interface changed with version 0.3.0.
template <template <class> class Search>
double run(Restriction& phi, const LineSearchStart& start, const Parameters& param) {
    const Vector origin = Vector::Zero(1);
    const Vector direction = Vector::Ones(1);
    Vector t = origin;
    Vector slope = Vector::Constant(1, start.slope);
    double step = start.step;
    double cost = start.cost;
    double dg = start.slope;
    if constexpr (requires {
                      Search<double>::LineSearch(phi, cost, t, slope, step, direction, origin, param);
                  }) {
        Search<double>::LineSearch(phi, cost, t, slope, step, direction, origin, param);
    } else {
        const double largest = param.max_step;
        Search<double>::LineSearch(phi, param, origin, direction, largest, step, cost, slope, dg, t);
    }
    return step;
}

double run(LineSearch kind, Restriction& phi, const LineSearchStart& start) {
    const Parameters param = parameters(kind, start.max_evaluations);
    switch (kind) {
        case LineSearch::bracketing:
            return run<LBFGSpp::LineSearchBracketing>(phi, start, param);
        case LineSearch::backtracking:
            return run<LBFGSpp::LineSearchBacktracking>(phi, start, param);
        case LineSearch::nocedal_wright:
            break;
    }
    return run<LBFGSpp::LineSearchNocedalWright>(phi, start, param);
}

/// The condition of sufficient decrease (Armijo). The cost must also decrease where step * slope is too small
/// to change it.
bool sufficient(const Trial& trial, double step, const LineSearchStart& start) {
    return trial.finite() && trial.cost < start.cost &&
           trial.cost <= start.cost + Parameters().ftol * step * start.slope;
}

}  // namespace

LineSearchResult search_line(LineSearch kind, const LineSearchStart& start,
                             const std::function<Trial(double)>& phi) {
    Restriction restriction(start, phi);
    LineSearchResult result;
    try {
        try {
            result.step = run(kind, restriction, start);
            restriction.return_to(result.step);
            result.found = sufficient(restriction.trial(), result.step, start);
            if (!result.found) result.failure = "no sufficient decrease of the cost in this direction";
        } catch (const std::exception& error) {
            result.failure = error.what();
        }
        if (!result.found) {
            result.step = restriction.best_step();
            if (result.step > 0) restriction.return_to(result.step);
        }
    } catch (const Abandon&) {
        restriction.rethrow();
        result.interrupted = true;
    }
    result.trial = restriction.trial();
    result.evaluations = restriction.evaluations();
    return result;
}

}  // namespace sae
