#pragma once
#include <span>
#include <string>

#include "sae/report/run_report.hpp"

namespace sae {

/// A unit of less mean activation counts as nearly never active.
inline constexpr double nearly_never_active = 1e-3;
/// A unit whose mean activation is above this says about the same of nearly all images.
inline constexpr double nearly_always_active = 0.9;

/// The mean activations of the hidden units in a few numbers; all 0 if there are no units.
struct ActivationSummary {
    Index units = 0;
    Index nearly_never = 0;   ///< units below nearly_never_active
    Index nearly_always = 0;  ///< units above nearly_always_active
    double mean = 0;
    double median = 0;
    double lowest = 0;
    double highest = 0;
};

[[nodiscard]] ActivationSummary summarise(std::span<const double> mean_activations);

/// The status in a few words: "converged", "at the limit of iterations", ...
[[nodiscard]] std::string status_words(LbfgsStatus status);

/// "plain", or "rho 0.05, beta 0.1".
[[nodiscard]] std::string sparsity_words(const Hyperparameters& hyperparameters);

}  // namespace sae
