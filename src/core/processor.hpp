#pragma once
#include "sae/core/shape.hpp"

namespace sae {

/// Whether this processor has all instructions that kernels compiled for AVX2, or for AVX-512, may use: those
/// that the compiler's options in CMakeLists.txt name.
[[nodiscard]] bool has_avx2();
[[nodiscard]] bool has_avx512();

/// Bytes of this core's second-level cache; 512 KiB if the system does not report it.
[[nodiscard]] Index second_level_cache();

/// Seconds on a steady clock; only differences mean anything.
[[nodiscard]] double seconds_now();

}  // namespace sae
