#pragma once

namespace sae {

/// Whether this processor has all that kernels compiled for AVX2, or for AVX-512, may use; the compiler's
/// options in CMakeLists.txt name the same.
[[nodiscard]] bool has_avx2();
[[nodiscard]] bool has_avx512();

/// Seconds since some moment, for differences.
[[nodiscard]] double seconds_now();

}  // namespace sae
