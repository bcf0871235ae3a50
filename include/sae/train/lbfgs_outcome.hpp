#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sae/train/lbfgs.hpp"

namespace sae {

/// The status as it is written in logs and reports: "converged", "line_search_failed", ...
[[nodiscard]] std::string_view name(LbfgsStatus status);

/// The status with this name, or nothing.
[[nodiscard]] std::optional<LbfgsStatus> status_named(std::string_view text);

/// How a run ended, for people: what the status means and, where it ended early, what usually causes that and
/// what to try. One paragraph.
[[nodiscard]] std::string explain(const LbfgsStep& last, const LbfgsSettings& settings);

/// The same, with the numbers of iterations and evaluations, the cost and the norm of the gradient.
[[nodiscard]] std::string explain_with_figures(const LbfgsStep& last, const LbfgsSettings& settings);

}  // namespace sae
