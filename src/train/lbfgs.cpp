#include "sae/train/lbfgs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "sae/core/error.hpp"

namespace sae {
namespace {

/// The second failure in a row ends a run.
constexpr int max_failures = 2;

/// Whether the newest pair keeps the inverse Hessian positive definite, with the margin of LBFGSpp's solver
/// for bounded problems.
bool curved(const PairDots& dots) {
    return dots.s_y.back() > std::numeric_limits<double>::epsilon() * dots.y_y.back();
}

}  // namespace

Lbfgs::Lbfgs(const LbfgsSettings& settings, LbfgsSpace& space) : settings_(settings), space_(space) {
    state_.gram = Gram(settings.history);
}

LbfgsStep Lbfgs::start() {
    state_ = LbfgsState{};
    state_.gram = Gram(settings_.history);
    space_.forget();
    state_.current = space_.start();
    if (state_.current.interrupted) return report();
    if (!state_.current.finite()) {
        std::ostringstream text;
        text << "the cost at the starting point is " << state_.current.cost << " and its gradient's norm "
             << state_.current.gradient_norm
             << ", expected finite numbers: the starting weights or the data are not finite or too large, or "
                "all activations of a hidden unit are 0 or 1";
        throw Error(text.str());
    }
    state_.evaluations = 1;
    remember_cost();
    return report();
}

LbfgsStep Lbfgs::resume(LbfgsState state) {
    state_ = std::move(state);
    return report();
}

LbfgsStep Lbfgs::step() {
    if (status() != LbfgsStatus::running) return report();
    const LineSearchResult result = search();
    if (result.interrupted) {
        LbfgsStep step = report();
        step.status = LbfgsStatus::interrupted;
        return step;
    }
    ++state_.iterations;
    state_.evaluations += result.evaluations;
    if (result.found) {
        accept(result);
    } else {
        restart(result);
    }
    LbfgsStep step = report();
    step.step = result.step;
    step.restarted = !result.found;
    if (step.restarted) {
        step.note = "line search failed: " + result.failure + "; " +
                    (step.status == LbfgsStatus::running
                         ? "the run continues from the best point with the steepest descent"
                         : "the best point is kept");
    }
    return step;
}

LineSearchResult Lbfgs::search() {
    LineSearchStart start{state_.current.cost, 0, 1, settings_.max_line_search};
    start.slope = space_.set_direction(state_.gram.direction());
    if (!(start.slope < 0 && std::isfinite(start.slope))) {
        LineSearchResult result;
        result.failure = "the direction does not descend";
        return result;
    }
    if (state_.gram.size() == 0) start.step = 1 / state_.current.gradient_norm;
    return search_line(settings_.line_search, start, [this](double t) { return space_.try_step(t); });
}

void Lbfgs::accept(const LineSearchResult& result) {
    const PairDots dots = space_.accept();
    state_.gram.push(dots);
    if (!curved(dots)) {
        state_.gram.drop_newest();
        space_.drop_pair();
    }
    state_.failures = 0;
    state_.current = result.trial;
    remember_cost();
}

void Lbfgs::restart(const LineSearchResult& result) {
    const bool moved = result.step > 0;
    // The steepest descent from the same point would fail in the same way again.
    const bool hopeless = !moved && state_.gram.size() == 0;
    if (moved) {
        static_cast<void>(space_.accept());
        state_.current = result.trial;
    }
    space_.forget();
    state_.gram.clear();
    state_.failures = hopeless ? max_failures : state_.failures + 1;
    state_.past_costs.clear();
    remember_cost();
}

void Lbfgs::remember_cost() {
    state_.past_costs.push_back(state_.current.cost);
    if (std::cmp_greater(state_.past_costs.size(), settings_.past + 1)) {
        state_.past_costs.erase(state_.past_costs.begin());
    }
}

bool Lbfgs::converged() const {
    const Trial& point = state_.current;
    if (point.gradient_norm <= settings_.gradient_tolerance * std::max(1.0, point.x_norm)) return true;
    if (settings_.cost_tolerance <= 0) return false;
    if (std::cmp_less_equal(state_.past_costs.size(), settings_.past)) return false;
    const double before =
        state_.past_costs[state_.past_costs.size() - 1 - static_cast<std::size_t>(settings_.past)];
    const double scale = std::max({1.0, std::abs(before), std::abs(point.cost)});
    return std::abs(before - point.cost) <= settings_.cost_tolerance * scale;
}

LbfgsStatus Lbfgs::status() const {
    if (converged()) return LbfgsStatus::converged;
    if (state_.failures >= max_failures) return LbfgsStatus::line_search_failed;
    if (state_.iterations >= settings_.max_iterations) return LbfgsStatus::max_iterations;
    return LbfgsStatus::running;
}

LbfgsStep Lbfgs::report() const {
    LbfgsStep step;
    step.status = state_.current.interrupted ? LbfgsStatus::interrupted : status();
    step.iteration = state_.iterations;
    step.evaluations = state_.evaluations;
    step.point = state_.current;
    return step;
}

}  // namespace sae
