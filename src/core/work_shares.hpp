#pragma once
#include <span>
#include <vector>

#include "sae/core/kernels.hpp"
#include "sae/core/shape.hpp"
#include "sae/core/tiling.hpp"

// How the cores of a node divide the work of an evaluation. The words, from large to small:
//
//     tile    about 128 to 512 neighbouring columns (images). An element of dW1 and dW2 is one chain of
//             operations over the columns of a tile, so tiles decide bits: see Tiling.
//     team    neighbouring cores that share tiles, and their tiles: see teams.hpp.
//     wave    neighbouring tiles on which the cores of a team work at the same time. They divide its columns
//             (pieces), meet at the barrier, and then divide its dW2 and dW1 (blocks).
//     piece   the columns of one tile that one core works on: whole column groups of 8.
//     chunk   the columns of a piece that a core takes from layer to layer while they stay in its cache.
//     block   a rectangle of a matrix that one core computes: of dW1 or dW2, or of the values of a layer.
//
// Of these only the tile, with its column groups, decides bits. The rest decides speed.
namespace sae {

/// Neighbouring tiles [first_tile, last_tile) that the cores of a team work on at the same time.
struct Wave {
    Index first_tile = 0;
    Index last_tile = 0;

    [[nodiscard]] Index tiles() const { return last_tile - first_tile; }
};

/// The tiles [first, last) in waves: one tile for one core; for more cores as many tiles as give each core
/// `columns_each` columns, in near-equal waves.
[[nodiscard]] std::vector<Wave> make_waves(const Tiling& tiling, Index first, Index last, int cores,
                                           Index columns_each);

/// Whether several cores have a single tile to share. All layers but the first are then divided by rows
/// (outputs and hidden units) instead of columns: one tile has too few columns for even shares in the widths
/// that kernels prefer, and each core would read all weights, most of which other cores have packed.
[[nodiscard]] bool divide_by_rows(std::span<const Wave> waves, int cores);

/// Columns [first, last) of one tile, counted from its first one.
struct Piece {
    Index tile = 0;
    Index first = 0;
    Index last = 0;

    [[nodiscard]] Index columns() const { return last - first; }
};

/// The columns of a wave that `core` of `cores` works on: runs of whole column groups, at most one in each
/// tile. `wide` is the number of columns that kernels prefer to work on together; shares are cut at multiples
/// of it where that makes no share more than a 16th too long.
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

    [[nodiscard]] Index elements() const { return (rows.last - rows.first) * (columns.last - columns.first); }
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
