#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// The bytes of memory that this machine has. The kernel grants more, and kills the process that uses it:
/// sizes from files are compared with this first.
[[nodiscard]] Index physical_memory();

}  // namespace sae
