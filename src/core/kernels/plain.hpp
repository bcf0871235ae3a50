#pragma once
// Private to the kernels: the few loops that they would otherwise take from the standard library. A kernel
// file uses no function of the library: a copy of one, compiled for this instruction set, might be what the
// linker takes for the whole program.
#include "sae/core/shape.hpp"

namespace sae::SAE_KERNELS {

[[gnu::always_inline]] constexpr Index smaller(Index a, Index b) {
    return b < a ? b : a;
}

template <class U>
[[gnu::always_inline]] inline void fill(U* to, Index count, U value) {
    for (Index i = 0; i < count; ++i) to[i] = value;
}

}  // namespace sae::SAE_KERNELS
