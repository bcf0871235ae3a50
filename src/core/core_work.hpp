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

/// What the cores of an evaluation share and, while they work on columns, only read.
template <class T>
struct EvaluationInputs {
    Shape shape;
    const ColumnTiles& x;
    const ColumnTiles& y;
    const TileKernels<T>& kernels;
    const double* theta = nullptr;  ///< of this run, for its biases
    PackedWeights<T> weights;       ///< the same theta's
    SharedTiles<T> tiles;
    MeanActivations means;         ///< rho_hat, once it is known
    std::vector<double> sparsity;  ///< the sparsity term's derivative by each rho_hat_j; 0 without it
    GradientScales scales;
};

/// A core's sums over its columns. The integers are in the crew's memory.
struct ColumnSums {
    std::span<std::int64_t> hidden;  ///< of a2, as MeanActivations has them
    std::span<std::int64_t> biases;  ///< of delta2, then of delta3, by GradientScales
    ExactSum squares;                ///< of a3 - y
    bool finite = true;              ///< if not, gradient and squares are meaningless
    std::int64_t columns = 0;        ///< whose squares are in the sum
    std::int64_t elements = 0;       ///< of dW1 and dW2, by tile
};

/// One core's work: columns of tiles, or blocks of the layers of a tile, then blocks of the gradient's sums.
template <class T>
class CoreWork {
  public:
    /// `most_columns` of a wave, whole panels a piece; sums in memory of `hidden` and `biases`.
    CoreWork(const EvaluationInputs<T>& inputs, Index most_columns, std::span<std::int64_t> hidden,
             std::span<std::int64_t> biases);

    /// Forgets all sums.
    void reset();

    /// a2 of a piece, added to the sums of activations.
    void activate(const Piece& piece);
    /// What needs no mean activation: a3, delta3, db2, the squares, W2^T delta3. The pieces of a wave follow
    /// each other from the first one on.
    void output_half(std::span<const Piece> pieces, bool with_hidden_half, Combine& combine);
    /// What does: delta2, db1, of the pieces that output_half() was called for last.
    void hidden_half(std::span<const Piece> pieces);

    /// The same for the only tile, divided by rows. The first is called for a piece after activate(), the
    /// others for blocks of rows of the layer x columns of the tile; before each of them all cores have done
    /// what comes before it. `squares` is for pieces again.
    void turn(const Piece& piece);
    void output_blocks(Index tile, std::span<const Block> blocks);
    void squares(const Piece& piece);
    void back_blocks(Index tile, std::span<const Block> blocks);
    void hidden_blocks(Index tile, std::span<const Block> blocks);

    /// Adds blocks (outputs x units) of a tile's dW2 = delta3 a2^T to `sums`, or puts them there if the tile
    /// is the `first`.
    void gradient_w2(Index tile, std::span<const Block> blocks, bool first, std::int64_t* sums);
    /// The same of dW1 = delta2 x^T, in blocks of inputs x units.
    void gradient_w1(Index tile, std::span<const Block> blocks, bool first, std::int64_t* sums);

    [[nodiscard]] const ColumnSums& sums() const { return sums_; }
    [[nodiscard]] PhaseTimes& times() { return *times_; }
    void count_time_in(PhaseTimes& times) { times_ = &times; }

  private:
    /// Columns of a piece that are worked on while they stay in the cache, and where this core keeps them.
    struct Chunk {
        Index tile = 0;
        Index column = 0;  ///< in the tile
        Index columns = 0;
        Index place = 0;  ///< of the first column in a2_columns_ and g_
    };
    template <class Use>
    void for_chunks(std::span<const Piece> pieces, Use use);

    /// Some columns of a tile, some rows of a layer, and where the first of the columns is in each array of
    /// panels of columns.
    struct Part {
        Index tile = 0;
        Index column = 0;
        Index columns = 0;
        Range rows;
        T* a2 = nullptr;
        T* delta3 = nullptr;
        T* chains = nullptr;
        T* g = nullptr;
    };
    [[nodiscard]] Part part(const Chunk& chunk);
    [[nodiscard]] Part part(Index tile, const Block& block);

    void turn(Index tile, Index column, Index columns, T* a2_columns);
    void output(const Part& part);
    void squares(const T* chains, Index columns);
    void back(const Part& part);
    void hidden(const Part& part);

    const EvaluationInputs<T>& in_;
    Index together_;  ///< most columns of a chunk
    ForwardPass<T> forward_;
    NonzeroRoom<T> x_rows_;
    AlignedVector<T> delta3_, chains_;  ///< of a chunk, in panels of columns
    AlignedVector<double> squares_;     ///< of a chunk's columns
    AlignedVector<T> a2_columns_, g_;   ///< of a wave's pieces, in panels of columns
    ColumnSums sums_;
    PhaseTimes* times_ = nullptr;
};

}  // namespace sae
