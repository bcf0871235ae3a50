#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// The bytes of memory that this machine has. Compare sizes from files with it before allocating: Linux
/// grants more memory than there is and kills the process that uses it.
[[nodiscard]] Index physical_memory();

}  // namespace sae
