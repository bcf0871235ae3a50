#pragma once
#include <span>
#include <string>
#include <vector>

#include "sae/core/lbfgs_status.hpp"
#include "sae/core/shape.hpp"
#include "sae/train/gram.hpp"
#include "sae/train/line_search.hpp"

namespace sae {

/// The vector space of L-BFGS: x (which is theta), the gradient g, a direction d, a trial x with its g, and
/// the history of pairs. The optimiser sees only the scalars that these functions, its *verbs*, return; where
/// the vectors are is up to the implementation.
class LbfgsSpace {
  public:
    virtual ~LbfgsSpace() = default;

    /// Evaluates at x and keeps g. The slope of the result has no meaning.
    virtual Trial start() = 0;

    /// Evaluates at x + t d and keeps the trial's x and g, which replace those of the trial before.
    virtual Trial try_step(double t) = 0;

    /// Adds the pair from (x, g) to the last trial to the history, of which a full one loses its oldest pair;
    /// then x and g become those of the trial.
    virtual PairDots accept() = 0;

    /// Removes the newest pair from the history.
    virtual void drop_pair() = 0;

    /// Empties the history.
    virtual void forget() = 0;

    /// d = the combination of history and g; returns g . d.
    virtual double set_direction(const Coefficients& coefficients) = 0;
};

struct LbfgsSettings {
    int history = 10;  ///< pairs kept, >= 1
    /// Converged when ||g|| <= gradient_tolerance max(1, ||x||): LBFGSpp's epsilon = epsilon_rel. With 0 only
    /// where g = 0.
    double gradient_tolerance = 1e-5;
    /// Converged when the cost changed by at most cost_tolerance max(1, |cost|, |cost before|) over the last
    /// `past` iterations: LBFGSpp's delta and past. 0 switches the test off.
    double cost_tolerance = 0;
    int past = 1;                                         ///< >= 1
    Index max_iterations = 400;                           ///< >= 0
    int max_line_search = 20;                             ///< evaluations in a line search, >= 1
    LineSearch line_search = LineSearch::nocedal_wright;  ///< which of LBFGSpp's searches

    friend bool operator==(const LbfgsSettings&, const LbfgsSettings&) = default;
};

/// The state of a run after a completed iteration, without its vectors (x, g and the pairs).
struct LbfgsState {
    Index iterations = 0;            ///< line searches completed, failed ones included
    Index evaluations = 0;           ///< of cost and gradient, the start included
    int failures = 0;                ///< line searches failed in a row
    Trial current;                   ///< the evaluation at x
    std::vector<double> past_costs;  ///< the last costs since the start or the last failure, newest last
    Gram gram{1};                    ///< the history's dot products

    friend bool operator==(const LbfgsState&, const LbfgsState&) = default;
};

/// The state as numbers for a checkpoint; counts are exact up to 2^53.
[[nodiscard]] std::vector<double> pack(const LbfgsState& state);

/// The state from the numbers of pack(), for a history of `history` pairs. Throws Error if pack() cannot have
/// made them.
[[nodiscard]] LbfgsState unpack(std::span<const double> numbers, int history);

/// The result of one step.
struct LbfgsStep {
    LbfgsStatus status = LbfgsStatus::running;
    Index iteration = 0;
    Index evaluations = 0;   ///< since the start
    double step = 0;         ///< length in units of the direction; 0 if x did not move
    Trial point;             ///< the evaluation at x
    bool restarted = false;  ///< the line search failed and the history was emptied
    std::string note;        ///< if restarted: what happened, in words
};

/// L-BFGS (Nocedal and Wright, 2006, algorithm 7.5), one iteration at a time, with LBFGSpp's line searches.
/// Costs never rise, so x is the best point so far. If a line search fails, x becomes the best point that it
/// has tried, and the run continues from there with the steepest descent. It ends after a second failure in a
/// row, or if the steepest descent finds no better point.
class Lbfgs {
  public:
    /// `space` must outlive the optimiser.
    Lbfgs(const LbfgsSettings& settings, LbfgsSpace& space);

    /// Evaluates at the starting point, which is iteration 0. Throws Error if the cost or its gradient is not
    /// finite there. If it is interrupted there is no state yet; call it again.
    LbfgsStep start();

    /// Instead of start(): continues from a state; the space must have the vectors that belong to it. The
    /// next steps have the same bits as without the interruption.
    LbfgsStep resume(LbfgsState state);

    /// Does one iteration if the status is `running`. If it is interrupted, state() and the space's x, g and
    /// history stay those of the last completed iteration; another step() repeats the iteration.
    LbfgsStep step();

    [[nodiscard]] const LbfgsState& state() const { return state_; }

    /// Whether the run continues, or why not; never `interrupted`.
    [[nodiscard]] LbfgsStatus status() const;

  private:
    [[nodiscard]] bool converged() const;
    [[nodiscard]] LineSearchResult search();
    void accept(const LineSearchResult& result);
    void restart(const LineSearchResult& result);
    void remember_cost();
    [[nodiscard]] LbfgsStep report() const;

    LbfgsSettings settings_;
    LbfgsSpace& space_;
    LbfgsState state_;
};

}  // namespace sae
