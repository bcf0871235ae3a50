#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// Whether this processor has all that kernels compiled for AVX2, or for AVX-512, may use; the compiler's
/// options in CMakeLists.txt name the same.
[[nodiscard]] bool has_avx2();
[[nodiscard]] bool has_avx512();

/// Bytes of this core's second-level cache; 512 KiB if the system does not report it.
[[nodiscard]] Index second_level_cache();

/// Seconds since some moment, for differences.
[[nodiscard]] double seconds_now();

}  // namespace sae
