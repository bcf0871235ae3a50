#pragma once
#include <span>
#include <vector>

#include "sae/core/kernels.hpp"
#include "sae/core/shape.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

/// Neighbouring tiles that the cores of a crew work on together: columns first, then blocks of the gradient.
struct Wave {
    Index first_tile = 0;
    Index last_tile = 0;  ///< behind the last one
};

/// The tiles [first, last) in waves: one tile for one core; for more cores as many tiles as give each core
/// `columns_each` columns, in near-equal waves. Decides speed alone.
[[nodiscard]] std::vector<Wave> make_waves(const Tiling& tiling, Index first, Index last, int cores,
                                           Index columns_each);

/// Columns of one tile, counted from its first one.
struct Piece {
    Index tile = 0;
    Index first = 0;
    Index last = 0;  ///< behind the last column

    [[nodiscard]] Index columns() const { return last - first; }
};

/// The columns of a wave that `core` of `cores` works on: runs of whole column groups, at most one in each
/// tile. `wide` is the width of columns that the kernels like best; shares are cut at multiples of it where
/// that costs little balance.
[[nodiscard]] std::vector<Piece> pieces_of(const Tiling& tiling, const Wave& wave, int core, int cores,
                                           Index wide);

/// Rows or columns of a matrix in blocks of `width`; the last block may be shorter.
struct Extent {
    Extent(Index all, Index of_block);

    Index length;
    Index width;
    /// What each block costs compared with the others. By default a block of at most half the width costs
    /// half.
    std::vector<Index> costs;
    /// What a core reads for a row or column of blocks, compared with the other extent. By default the width.
    Index read;
};

/// A rectangle of a matrix: whole blocks, or up to the matrix's end.
struct Block {
    Range rows, columns;
};

/// The blocks of a matrix from the part `from` of their cost to the part `to` (0 to 1), as rectangles. A
/// block costs the product of what its row and its column cost. The order is that of bands of `band` columns
/// of blocks, row by row in each. Neighbouring parts have no block in common and leave none out.
[[nodiscard]] std::vector<Block> blocks_between(const Extent& rows, const Extent& columns, Index band,
                                                double from, double to);

/// The width of bands for which a core of `cores` reads least: its blocks are nearly a square, as to what is
/// read for their rows and columns.
[[nodiscard]] Index best_band(const Extent& rows, const Extent& columns, int cores);

/// What these blocks cost.
[[nodiscard]] Index cost_of(const Extent& rows, const Extent& columns, std::span<const Block> blocks);

/// The blocks that `core` of `cores` works on where all have the same part, in the best bands.
[[nodiscard]] std::vector<Block> blocks_of(const Extent& rows, const Extent& columns, int core, int cores);

}  // namespace sae
