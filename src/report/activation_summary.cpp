#include "sae/report/activation_summary.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sae {

ActivationSummary summarise(std::span<const double> mean_activations) {
    if (mean_activations.empty()) return {};
    std::vector<double> sorted(mean_activations.begin(), mean_activations.end());
    std::ranges::sort(sorted);
    const std::size_t units = sorted.size();
    ActivationSummary summary;
    summary.units = static_cast<Index>(units);
    summary.nearly_never = std::ranges::lower_bound(sorted, nearly_never_active) - sorted.begin();
    summary.nearly_always = sorted.end() - std::ranges::upper_bound(sorted, nearly_always_active);
    summary.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(units);
    summary.median = (sorted[(units - 1) / 2] + sorted[units / 2]) / 2;
    summary.lowest = sorted.front();
    summary.highest = sorted.back();
    return summary;
}

}  // namespace sae
