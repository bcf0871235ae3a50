#pragma once

namespace sae {

/// Whether this processor has all that kernels compiled for AVX2, or for AVX-512, may use.
[[nodiscard]] bool has_avx2();
[[nodiscard]] bool has_avx512();

}  // namespace sae
