#pragma once
#include "sae/core/shape.hpp"

/// The summation shapes: the sizes that decide the bits of a model. docs/arithmetic.md specifies them; a
/// change here changes every model and needs a new version of the arithmetic. What decides speed alone
/// (register blocks, packing widths, cache blocking) is in the kernel sets.
namespace sae::summation {

/// The columns of a column group; the first group of a tile starts at its first column. A sum over the
/// columns of a group is a tree of neighbours, ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7)), in which
/// absent columns are +0. Sums over groups are exact.
inline constexpr Index column_group = 8;

/// The outputs whose squares are summed by one chain of fused multiply-adds. A column's chains are added in
/// double, in order.
inline constexpr Index squares_chain = 12;

/// Tiles are near-equal runs of whole units of this many columns.
inline constexpr Index tile_unit = 32;
/// A tile has about a quarter of the columns, within these bounds.
inline constexpr Index min_tile = 128;
inline constexpr Index max_tile = 512;
inline constexpr Index tile_share = 4;

}  // namespace sae::summation
