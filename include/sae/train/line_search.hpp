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
    bool interrupted = false;  ///< someone asked to stop: leave the search, use nothing of this trial

    [[nodiscard]] bool finite() const {
        return std::isfinite(cost) && std::isfinite(slope) && std::isfinite(gradient_norm);
    }

    friend bool operator==(const Trial&, const Trial&) = default;
};

/// LBFGSpp's line searches. The first two look for the strong Wolfe conditions, the last for the Wolfe
/// conditions.
enum class LineSearch { nocedal_wright, bracketing, backtracking };

/// How a line search ended.
struct LineSearchResult {
    bool found = false;        ///< `trial` has a sufficiently smaller cost than t = 0
    bool interrupted = false;  ///< a trial was interrupted; the rest is void
    double step = 0;           ///< t of `trial`; if not found, of the smallest cost below that at t = 0, or 0
    Trial trial;               ///< the last evaluation, if step > 0: the space still holds its x and g
    int evaluations = 0;       ///< of the objective
    std::string failure;       ///< if not found: why
};

/// Where a search starts and how long it may take.
struct LineSearchStart {
    double cost = 0;           ///< phi(0), finite
    double slope = 0;          ///< phi'(0) < 0
    double step = 1;           ///< first t
    int max_evaluations = 20;  ///< LBFGSpp's max_linesearch
};

/// Minimises phi roughly, by LBFGSpp's search on vectors of length 1. Does not throw for a search that fails;
/// exceptions of `phi` pass through. A trial that is not finite is shown to the search as a finite one that
/// it must reject.
LineSearchResult search_line(LineSearch kind, const LineSearchStart& start,
                             const std::function<Trial(double)>& phi);

}  // namespace sae
