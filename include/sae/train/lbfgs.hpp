#pragma once
#include <span>
#include <string>
#include <vector>

#include "sae/core/lbfgs_status.hpp"
#include "sae/core/shape.hpp"
#include "sae/train/gram.hpp"
#include "sae/train/line_search.hpp"

namespace sae {

/// The vectors that L-BFGS moves, wherever they are stored: x, g, a direction d, a trial point with its
/// gradient, and the history of pairs. Every verb is one collective step; scalars come back.
class LbfgsSpace {
  public:
    virtual ~LbfgsSpace() = default;

    /// Evaluates at x and keeps g; the slope is not used.
    virtual Trial start() = 0;

    /// Evaluates at x + t d and keeps the trial x and g, which replace those of the trial before.
    virtual Trial try_step(double t) = 0;

    /// The pair from (x, g) to the last trial enters the history, the oldest leaving a full one; x and g
    /// become those of the trial.
    virtual PairDots accept() = 0;

    /// Removes the newest pair from the history again.
    virtual void drop_pair() = 0;

    /// Empties the history.
    virtual void forget() = 0;

    /// d = the combination of history and g; returns g . d.
    virtual double set_direction(const Coefficients& coefficients) = 0;
};

struct LbfgsSettings {
    int history = 10;  ///< pairs kept, >= 1
    /// Converged when ||g|| <= gradient_tolerance max(1, ||x||): LBFGSpp's epsilon = epsilon_rel.
    /// 0 is met where g = 0 only.
    double gradient_tolerance = 1e-5;
    /// Converged when the cost changed by at most cost_tolerance max(1, |cost|, |cost before|) over the last
    /// `past` iterations: LBFGSpp's delta and past. 0 switches the test off.
    double cost_tolerance = 0;
    int past = 1;                                         ///< >= 1
    Index max_iterations = 400;                           ///< >= 0
    int max_line_search = 20;                             ///< evaluations a line search may make, >= 1
    LineSearch line_search = LineSearch::nocedal_wright;  ///< which of LBFGSpp's searches

    friend bool operator==(const LbfgsSettings&, const LbfgsSettings&) = default;
};

/// Everything about a run but its vectors (x, g and the history's pairs) after a completed iteration.
struct LbfgsState {
    Index iterations = 0;            ///< line searches completed, failed ones included
    Index evaluations = 0;           ///< of cost and gradient, the start included
    int failures = 0;                ///< line searches failed in a row
    Trial current;                   ///< at x
    std::vector<double> past_costs;  ///< the last costs since the start or the last failure, newest last
    Gram gram{1};                    ///< the history's dot products

    friend bool operator==(const LbfgsState&, const LbfgsState&) = default;
};

/// The state as numbers, for a checkpoint; counts are exact up to 2^53.
[[nodiscard]] std::vector<double> pack(const LbfgsState& state);

/// What pack() gave, for a history of `history` pairs; throws Error if the numbers cannot be that.
[[nodiscard]] LbfgsState unpack(std::span<const double> numbers, int history);

/// What one step did.
struct LbfgsStep {
    LbfgsStatus status = LbfgsStatus::running;
    Index iteration = 0;
    Index evaluations = 0;   ///< in all
    double step = 0;         ///< length in units of the direction; 0 if x did not move
    Trial point;             ///< at x
    bool restarted = false;  ///< the line search failed and the history was emptied
    std::string note;        ///< if restarted: what happened, in words
};

/// L-BFGS (Nocedal and Wright, 2006, algorithm 7.5), one iteration at a time, with LBFGSpp's line searches.
/// It sees scalars only; the vectors are the space's. Costs never rise, so that x is the best point seen. A
/// line search that fails moves x to the best point it saw and continues from there with the steepest
/// descent; after a second failure in a row, or where the steepest descent itself does not move, the run
/// ends.
class Lbfgs {
  public:
    /// `space` must outlive the optimiser.
    Lbfgs(const LbfgsSettings& settings, LbfgsSpace& space);

    /// Evaluates at the starting point: iteration 0. Throws Error if the cost or its gradient is not finite
    /// there. If interrupted there is no state yet: call it again.
    LbfgsStep start();

    /// Continues from a state and the space's vectors that belong to it, instead of start(); the next steps
    /// have the same bits as they had there.
    LbfgsStep resume(LbfgsState state);

    /// One iteration, unless the status is not running. If interrupted, state() and the space's x, g and
    /// history are those of the last completed iteration, and another step() does the iteration again.
    LbfgsStep step();

    [[nodiscard]] const LbfgsState& state() const { return state_; }

    /// Running or why not; never `interrupted`.
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
