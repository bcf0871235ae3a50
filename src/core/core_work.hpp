#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "forward_pass.hpp"
#include "gradient_scales.hpp"
#include "mean_activations.hpp"
#include "packed_weights.hpp"
#include "sae/core/evaluation.hpp"
#include "shared_tiles.hpp"
#include "work_shares.hpp"

namespace sae {

/// What all cores of an evaluation see. While cores work on tiles they write only
/// to `tiles`, each to its own part.
template <class T>
struct EvaluationData {
    Shape shape;
    const ColumnTiles& x;  ///< inputs
    const ColumnTiles& y;  ///< targets
    const TileKernels<T>& kernels;
    const double* theta = nullptr;  ///< of this run; read for b2
    PackedWeights<T> weights;       ///< of the same theta
    SharedTiles<T> tiles;
    MeanActivations means;         ///< rho_hat, once it is known
    std::vector<double> sparsity;  ///< the sparsity term's derivative by each rho_hat_j; 0 without it
    GradientScales scales;
};

/// What one core has summed up. The integers are in the crew's memory.
struct CoreSums {
    std::span<std::int64_t> hidden;  ///< a2 of each hidden unit, as MeanActivations has them
    std::span<std::int64_t> biases;  ///< db1 (of delta2), then db2 (of delta3), by GradientScales
    ExactSum squares;                ///< (a3 - y)^2
    bool finite = true;              ///< if not, gradient and squares are meaningless
    std::int64_t columns = 0;        ///< whose squares are in the sum
    std::int64_t elements = 0;       ///< of dW1 and dW2 that were computed, summed over the tiles
};

/// What one core computes in an evaluation, and the sums that it keeps. CrewEvaluation decides which core
/// does what and when; work_shares.hpp defines pieces, chunks and blocks.
///
/// The layers of a wave are divided in one of two ways:
///
/// - by columns: a core takes its pieces through all layers, chunk by chunk (output_layer(),
///   hidden_deltas());
/// - by rows, where the cores share a single tile (SharedTiles::by_rows()): a core computes blocks (rows of a
///   layer x columns of the tile) of one layer after the other (transpose_a2() to hidden_delta_blocks()).
template <class T>
class CoreWork {
  public:
    /// `max_columns`: the most columns of a wave that output_layer() is called with, counted in whole panels
    /// for each piece. `hidden` and `biases` are memory for the sums.
    CoreWork(const EvaluationData<T>& data, Index max_columns, std::span<std::int64_t> hidden,
             std::span<std::int64_t> biases);

    /// Sets all sums to 0.
    void reset();

    /// a2 of a piece, which it adds to the sums of activations.
    void activate(const Piece& piece);

    /// By columns: what does not depend on rho_hat, that is a3, delta3, db2, the squares and W2^T delta3, of
    /// all pieces that this core has of a wave. With `with_hidden_deltas` also delta2 and db1 of each chunk
    /// while it is in the cache. Calls reduction.progress() twice a chunk.
    void output_layer(std::span<const Piece> pieces, bool with_hidden_deltas, Reduction& reduction);
    /// By columns: what depends on rho_hat, that is delta2 and db1, of the pieces of the last output_layer().
    void hidden_deltas(std::span<const Piece> pieces);

    // By rows. Each step reads what all cores have computed in the steps before.

    /// a2 of a piece into panels of columns.
    void transpose_a2(const Piece& piece);
    /// a3, delta3, db2 and the chains of squares of blocks of outputs.
    void output_blocks(Index tile, std::span<const Block> blocks);
    /// The squares of a piece, from the chains of all outputs.
    void sum_squares(const Piece& piece);
    /// W2^T delta3 of blocks of hidden units.
    void back_blocks(Index tile, std::span<const Block> blocks);
    /// delta2 and db1 of the same blocks as back_blocks().
    void hidden_delta_blocks(Index tile, std::span<const Block> blocks);

    /// Adds blocks (outputs x hidden units) of a tile's dW2 = delta3 a2^T to `sums`, all of dW2, or stores
    /// them there if `first_tile`.
    void gradient_w2(Index tile, std::span<const Block> blocks, bool first_tile, std::int64_t* sums);
    /// The same for dW1 = delta2 x^T. These blocks are inputs x hidden units; `sums` is hidden units x
    /// inputs.
    void gradient_w1(Index tile, std::span<const Block> blocks, bool first_tile, std::int64_t* sums);

    [[nodiscard]] const CoreSums& sums() const { return sums_; }
    /// Where the times of all functions are added. To be set by count_time_in() first.
    [[nodiscard]] PhaseTimes& times() { return *times_; }
    void count_time_in(PhaseTimes& times) { times_ = &times; }

  private:
    struct Chunk {
        Index tile = 0;
        Index column = 0;  ///< the first one, counted in the tile
        Index columns = 0;
        Index offset = 0;  ///< where they begin in a2_columns_ and g_: columns before them
    };
    /// Calls use(chunk) for all chunks of `pieces`.
    template <class Use>
    void for_chunks(std::span<const Piece> pieces, Use use);

    /// Some columns of a tile and some rows of a layer, and where the first of the columns is in each array
    /// of panels of columns: arrays of this core (of a chunk) or of the crew (of a block).
    struct Part {
        Index tile = 0;
        Index column = 0;
        Index columns = 0;
        Range rows;
        T* a2 = nullptr;
        T* delta3 = nullptr;
        T* chains = nullptr;
        T* g = nullptr;  ///< W2^T delta3
    };
    [[nodiscard]] Part part(const Chunk& chunk);
    [[nodiscard]] Part part(Index tile, const Block& block);

    void transpose_a2(Index tile, Index column, Index columns, T* a2_columns);
    void output_delta(const Part& part);
    void sum_squares(const T* chains, Index columns);
    void back(const Part& part);
    void hidden_delta(const Part& part);

    const EvaluationData<T>& data_;
    Index chunk_columns_;  ///< of a chunk, at most
    ForwardPass<T> forward_;
    NonzeroRoom<T> x_rows_;             ///< rows of x as numbers, for dW1
    AlignedVector<T> delta3_, chains_;  ///< of a chunk, in panels of columns
    AlignedVector<double> squares_;     ///< of a chunk's columns
    AlignedVector<T> a2_columns_;       ///< of all pieces of a wave, in panels of columns
    AlignedVector<T> g_;                ///< the same of W2^T delta3; by rows, of the whole tile
    CoreSums sums_;
    PhaseTimes* times_ = nullptr;
};

}  // namespace sae
