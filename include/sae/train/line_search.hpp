#pragma once
#include <cmath>
#include <functional>
#include <string>

#include "sae/core/hyperparameters.hpp"

namespace sae {

/// One evaluation of the objective f on the line phi(t) = f(x + t d).
struct Trial {
    double cost = 0;           ///< phi(t); not finite where the objective is not, which is a rejected step
    double slope = 0;          ///< phi'(t) = g(x + t d) . d
    double gradient_norm = 0;  ///< ||g(x + t d)||
    double x_norm = 0;         ///< ||x + t d||
    CostTerms terms;           ///< what the cost is made of
    bool interrupted = false;  ///< a rank has a request to stop: leave the search and ignore the rest

    [[nodiscard]] bool finite() const {
        return std::isfinite(cost) && std::isfinite(slope) && std::isfinite(gradient_norm);
    }

    friend bool operator==(const Trial&, const Trial&) = default;
};

/// LBFGSpp's line searches. The first two stop at the strong Wolfe conditions, the last at the Wolfe
/// conditions.
enum class LineSearch { nocedal_wright, bracketing, backtracking };

/// How a line search ended.
struct LineSearchResult {
    bool found = false;        ///< the cost of `trial` is sufficiently below that at t = 0
    bool interrupted = false;  ///< a trial was interrupted; ignore the rest
    double step = 0;      ///< t of `trial`. If not found: where the cost was least, or 0 if none was lower
    Trial trial;          ///< if step > 0, the last evaluation: the space has its x and g
    int evaluations = 0;  ///< of the objective
    std::string failure;  ///< if not found: why
};

/// Where a search starts and how long it may take.
struct LineSearchStart {
    double cost = 0;           ///< phi(0), finite
    double slope = 0;          ///< phi'(0) < 0
    double step = 1;           ///< first t
    int max_evaluations = 20;  ///< LBFGSpp's max_linesearch
};

/// Minimises phi roughly, by LBFGSpp's search on vectors of length 1. A search that fails does not throw;
/// exceptions of `phi` pass through. In place of a trial that is not finite the search sees a finite one that
/// it must reject.
LineSearchResult search_line(LineSearch kind, const LineSearchStart& start,
                             const std::function<Trial(double)>& phi);

}  // namespace sae
