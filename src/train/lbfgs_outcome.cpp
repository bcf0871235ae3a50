#include "sae/train/lbfgs_outcome.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace sae {
namespace {

/// In the order of LbfgsStatus.
constexpr std::array<std::string_view, 5> names{"running", "converged", "max_iterations",
                                                "line_search_failed", "interrupted"};

/// Runs that end before this many iterations get advice.
constexpr Index few_iterations = 20;

std::string ending(const LbfgsStep& last, const LbfgsSettings& settings) {
    std::ostringstream text;
    switch (last.status) {
        case LbfgsStatus::running:
            text << "Still running";
            break;
        case LbfgsStatus::converged:
            text << "Converged: the gradient or the change of the cost is below its tolerance";
            break;
        case LbfgsStatus::max_iterations:
            text << "Ended at the limit of " << settings.max_iterations << " iterations";
            break;
        case LbfgsStatus::line_search_failed:
            text << "Ended since no step along the direction, nor along the steepest descent, lowered the "
                    "cost enough; the best point is kept";
            break;
        case LbfgsStatus::interrupted:
            text << "Interrupted; the state of the last completed iteration is kept";
            break;
    }
    return text.str();
}

std::string advice(const LbfgsStep& last, const LbfgsSettings& settings) {
    std::ostringstream text;
    if (last.status == LbfgsStatus::line_search_failed && last.iteration < few_iterations) {
        text << " So early, this usually means hidden units that are saturated (their mean activation near 0 "
                "or 1, where the sparsity term is steep or infinite): try another --seed, a smaller --beta, "
                "a larger --rho or --lambda; or a gradient that does not belong to the cost: run "
                "check-gradient.";
    } else if (last.status == LbfgsStatus::line_search_failed) {
        text << " So late, this usually means that the cost is as low as rounding lets it be: the result is "
                "good, and a larger --gradient-tolerance or a --cost-tolerance ends such a run as converged.";
    } else if (last.status == LbfgsStatus::converged && last.iteration < few_iterations) {
        text << " So early, this usually means a tolerance that is too large (--gradient-tolerance is "
             << settings.gradient_tolerance << ", --cost-tolerance " << settings.cost_tolerance
             << "), or a start near a flat point: try smaller tolerances or another --seed.";
    } else if (last.status == LbfgsStatus::max_iterations) {
        text << " A larger --max-iterations may lower the cost further; --resume continues from here.";
    }
    return text.str();
}

}  // namespace

std::string_view name(LbfgsStatus status) {
    return names.at(static_cast<std::size_t>(status));
}

std::optional<LbfgsStatus> status_named(std::string_view text) {
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) return std::nullopt;
    return static_cast<LbfgsStatus>(found - names.begin());
}

std::string explain(const LbfgsStep& last, const LbfgsSettings& settings) {
    return ending(last, settings) + "." + advice(last, settings);
}

std::string explain_with_figures(const LbfgsStep& last, const LbfgsSettings& settings) {
    std::ostringstream text;
    text << ending(last, settings) << " (iterations: " << last.iteration
         << ", evaluations: " << last.evaluations << ", cost: " << last.point.cost
         << ", gradient norm: " << last.point.gradient_norm << ")." << advice(last, settings);
    return text.str();
}

}  // namespace sae
