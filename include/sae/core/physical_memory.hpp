#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// The bytes of memory that this machine has. The kernel promises more, and ends the process that uses it:
/// what may be larger, by what a file says, is compared with this first.
[[nodiscard]] Index physical_memory();

}  // namespace sae
