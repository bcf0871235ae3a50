#pragma once

namespace sae {

/// Whether a training continues, or why it ended.
enum class LbfgsStatus { running, converged, max_iterations, line_search_failed, interrupted };

}  // namespace sae
