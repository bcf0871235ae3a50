#pragma once
#include "sae/core/shape.hpp"

/// The summation shapes: what decides the bits of a model, and nothing else. docs/arithmetic.md states them;
/// a change here changes every model and needs a new arithmetic version. What decides speed alone (register
/// blocks, packing widths, cache blocking) belongs to the kernel sets.
namespace sae::summation {

/// Columns that a sum inside a column group covers; groups start at a tile's first column. Such sums are
/// trees of neighbours, ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7)), in which absent columns are +0.
/// Over groups all sums are exact.
inline constexpr Index column_group = 8;

/// Outputs whose squares are one chain of fused multiply-adds; chains are added in double, in order.
inline constexpr Index squares_chain = 12;

/// Tiles are near-equal runs of whole units of this many columns.
inline constexpr Index tile_unit = 32;
/// A tile has about a quarter of the columns, within these bounds.
inline constexpr Index least_tile = 128;
inline constexpr Index most_tile = 512;
inline constexpr Index tile_share = 4;

}  // namespace sae::summation
