#pragma once
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

/// Rows or columns in blocks of `width`; the last block may be shorter.
struct Extent {
    Index length = 0;
    Index width = 1;
};

/// A rectangle of a matrix: whole blocks, or up to the matrix's end.
struct Block {
    Range rows, columns;
};

/// The blocks of a matrix that `core` of `cores` works on: a run in row-major order, as up to three
/// rectangles. All cores have nearly the same work; a block of at most half the width counts half.
[[nodiscard]] std::vector<Block> blocks_of(Extent rows, Extent columns, int core, int cores);

}  // namespace sae
