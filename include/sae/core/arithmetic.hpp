#pragma once
#include <cfloat>
#include <cstdint>
#include <limits>

// What no flag of a compiler may change: docs/arithmetic.md fixes each operation and its rounding.
#if defined(__FAST_MATH__)
#error "-ffast-math and -Ofast change the bits of the models: build without them"
#endif
static_assert(std::numeric_limits<double>::is_iec559 && std::numeric_limits<float>::is_iec559,
              "the arithmetic is that of IEEE 754");
// 16 is said of processors with half precision; double and float are then still evaluated as what they are.
static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16,
              "every operation rounds to its own type: on 32-bit x86 build with -msse2 -mfpmath=sse");

namespace sae {

/// The version of the arithmetic that docs/arithmetic.md specifies: two programs of one version compute the
/// same bits from the same data and settings. Whoever changes a bit of any model raises it, states the change
/// in docs/arithmetic.md, and renews the published hashes (src/app/golden.cpp says how). Version 1 is that of
/// sae-mpi 1.0.0, whose files do not name it.
inline constexpr std::int64_t arithmetic_version = 2;

}  // namespace sae
