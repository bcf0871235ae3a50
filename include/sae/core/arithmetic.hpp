#pragma once
#include <cfloat>
#include <limits>

#include "sae/core/shape.hpp"

// docs/arithmetic.md assumes the following; shape.hpp refuses -ffast-math.
static_assert(std::numeric_limits<double>::is_iec559 && std::numeric_limits<float>::is_iec559,
              "the arithmetic is that of IEEE 754");
// 16 means a processor with half precision; double and float are then still evaluated in their own precision.
static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16,
              "every operation rounds to its own type: on 32-bit x86 build with -msse2 -mfpmath=sse");

namespace sae {

/// The version of the arithmetic that docs/arithmetic.md specifies. Two programs of the same version compute
/// the same bits from the same data and settings. Who changes the bits of any model raises it, as
/// docs/arithmetic.md says. Version 1 is that of sae-mpi 1.0.0, which does not write it to its files.
inline constexpr Index arithmetic_version = 2;

}  // namespace sae
