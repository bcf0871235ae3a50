#pragma once

namespace sae {

/// The natural logarithm by fixed operations, so that its bits are the same on every machine: within 0.76
/// units in the last place of the true one. -infinity at 0, NaN below and for NaN. The operations:
/// docs/arithmetic.md, section "Logarithm".
[[nodiscard]] double logarithm(double x);

}  // namespace sae
