#pragma once
#include <span>

#include "sae/core/shape.hpp"

namespace sae {

/// A unit whose mean activation is below this counts as nearly never active.
inline constexpr double nearly_never_active = 1e-3;
/// A unit whose mean activation is above this counts as nearly always active.
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

    /// `part` of the units in per cent.
    [[nodiscard]] double per_cent(Index part) const {
        return 100.0 * static_cast<double>(part) / static_cast<double>(units);
    }
};

/// `mean_activations` in any order, one number a hidden unit.
[[nodiscard]] ActivationSummary summarise(std::span<const double> mean_activations);

}  // namespace sae
