#include "words.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "html.hpp"

namespace sae {

ActivationSummary summarise(std::span<const double> mean_activations) {
    if (mean_activations.empty()) return {};
    std::vector<double> sorted(mean_activations.begin(), mean_activations.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t units = sorted.size();
    ActivationSummary summary;
    summary.units = static_cast<Index>(units);
    summary.nearly_never =
        std::lower_bound(sorted.begin(), sorted.end(), nearly_never_active) - sorted.begin();
    summary.nearly_always =
        sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), nearly_always_active);
    summary.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(units);
    summary.median = (sorted[(units - 1) / 2] + sorted[units / 2]) / 2;
    summary.lowest = sorted.front();
    summary.highest = sorted.back();
    return summary;
}

std::string status_words(LbfgsStatus status) {
    switch (status) {
        case LbfgsStatus::running:
            return "not finished";
        case LbfgsStatus::converged:
            return "converged";
        case LbfgsStatus::max_iterations:
            return "at the limit of iterations";
        case LbfgsStatus::line_search_failed:
            return "line search failed";
        case LbfgsStatus::interrupted:
            break;
    }
    return "interrupted";
}

std::string sparsity_words(const Hyperparameters& hyperparameters) {
    if (!hyperparameters.sparse()) return "plain";
    return "rho " + html::number(hyperparameters.rho) + ", beta " + html::number(hyperparameters.beta);
}

}  // namespace sae
