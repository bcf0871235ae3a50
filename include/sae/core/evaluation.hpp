#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "sae/core/column_tiles.hpp"
#include "sae/core/crew.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/phase_times.hpp"
#include "sae/core/precision.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// How the sums of a node become the sums over all nodes while the evaluation continues. All are integer sums
/// in the crew's memory, complete on the node when a verb is called. The first core of each rank calls all
/// verbs, in the same order on all ranks. The sums of activations stay untouched until they are waited for,
/// the gradient's until the next run().
class Combine {
  public:
    virtual ~Combine() = default;
    /// Begins to add up the activations over the nodes, in place.
    virtual void start_hidden_sums(std::span<std::int64_t> sums) = 0;
    /// Returns when they are added up as far as this rank takes part; all cores of the crew meet afterwards.
    virtual void wait_hidden_sums() = 0;
    /// Whether start_output_gradient() is of use: whether there are other nodes.
    [[nodiscard]] virtual bool exchanges() const = 0;
    /// The gradient of W2 is complete on this node: its reduction over the nodes may begin.
    virtual void start_output_gradient(std::span<const std::int64_t> sums) = 0;
    /// Called regularly to let messages make progress.
    virtual void progress() = 0;
};

/// A single node: its sums are the sums.
class NoCombine final : public Combine {
  public:
    void start_hidden_sums(std::span<std::int64_t> /*sums*/) override {}
    void wait_hidden_sums() override {}
    [[nodiscard]] bool exchanges() const override { return false; }
    void start_output_gradient(std::span<const std::int64_t> /*sums*/) override {}
    void progress() override {}
};

/// What one evaluation gives on one rank.
struct PartialSums {
    /// False if something that this rank's cores computed, or a mean activation of 0 or 1 on all ranks, makes
    /// the cost infinite; the sums below are then meaningless.
    bool finite = true;
    /// Sum of ||a3 - y||^2 over the columns that this rank's cores worked on.
    ExactSum squares;
    /// The gradient's sums over the columns of the node in fixed point, in theta's order, without weight
    /// decay: in the crew's memory.
    std::span<const std::int64_t> gradient;
    /// beta sum_j KL(rho || rho_hat_j) over all ranks; 0 for the plain autoencoder.
    double sparsity = 0;
    /// The columns that this rank's cores worked on. Over all ranks they add up to the number of columns, or
    /// something was left out.
    std::int64_t columns_done = 0;
    /// The elements of dW1 and dW2 to which this rank's cores added a tile, summed over the tiles. Over all
    /// ranks they add up to Evaluation::elements_of(shape) times the number of tiles.
    std::int64_t elements_done = 0;
};

/// Cost and gradient of the network on one node's columns:
///
///     z2 = W1 x + b1, a2 = f(z2), z3 = W2 a2 + b2, a3 = f(z3)
///     delta3 = -(y - a3) f'(z3),  dW2 = delta3 a2^T,  db2 = sum delta3
///     delta2 = (W2^T delta3 + beta (-rho / rho_hat + (1 - rho) / (1 - rho_hat))) f'(z2)
///     dW1 = delta2 x^T,  db1 = sum delta2
///
/// (Ng, "Sparse autoencoder", CS294A lecture notes, 2011). The cores of a crew share tiles: the columns of a
/// wave of tiles are divided among them, they meet, and then the blocks of dW2 and dW1 are. The plain network
/// takes one pass over the data, the sparse one two, between which rho_hat is summed up over all ranks.
///
/// Exactness: sums inside a tile or a column group have a fixed shape and order; over tiles and groups they
/// are added as integers in fixed point (see FixedPoint). The bounds: 0 <= a2 <= 1; |delta3| <= max (1 - a) a
/// ... = 4/27, as y is in [0, 1] and |a - y| a (1 - a) is largest for y = 0, a = 2/3; the sum of |delta2_j|
/// over m columns is at most m (4/27 sum_k |W2_kj| + |sparsity_j|) min(1/4, rho_hat_j, 1 - rho_hat_j), as a2
/// (1 - a2) is at most each of 1/4, a2 and 1 - a2; and 0 <= x <= 1.
class Evaluation {
  public:
    virtual ~Evaluation() = default;

    /// Evaluates at `theta` (shape.size() numbers, the same on all ranks), which no rank of the crew changes
    /// before all have returned. Collective over the crew.
    virtual const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                                   Combine& combine) = 0;

    /// The value of one unit of the sum at `index` of the last run's gradient, before the division by the
    /// number of columns: the same on all ranks, and along a row of W1 and the whole of W2.
    [[nodiscard]] virtual double unit(Index index) const = 0;

    /// Calls use(first, last, unit) for the runs of equal unit in [begin, begin + length), counted from
    /// `begin`.
    template <class Use>
    void for_units(Index begin, Index length, Use use) const {
        for (Index first = 0; first < length;) {
            const Index last = std::min(length, next_unit(begin + first) - begin);
            use(first, last, unit(begin + first));
            first = last;
        }
    }

    /// The mean activation of each hidden unit over all ranks' columns; after a sparse run, or a plain one
    /// if `always_means` was asked for.
    [[nodiscard]] virtual std::span<const double> mean_activations() const = 0;

    /// Seconds by phase of each thread of this rank since the last reset; the first also communicates.
    [[nodiscard]] virtual std::span<PhaseTimes> times() = 0;

    /// The elements of dW1 and dW2 together.
    [[nodiscard]] static constexpr Index elements_of(const Shape& shape) { return shape.b1(); }

  private:
    /// The end of the run of equal unit that `index` belongs to.
    [[nodiscard]] virtual Index next_unit(Index index) const = 0;
};

/// What an evaluation is made of.
struct EvaluationSettings {
    Shape shape;
    Precision precision = Precision::double_precision;
    /// Whether hyperparameters with a sparsity term will be asked for: all activations are kept then.
    bool sparse = false;
    /// Whether the mean activations are wanted of a plain network too, at the price of a reduction.
    bool always_means = false;
    /// The cores that share the work.
    std::shared_ptr<Crew> crew = std::make_shared<Crew>(1);
};

/// The memory that an evaluation of the tiles [first_tile, last_tile) asks a crew of `cores` for. Of
/// `settings` all but the crew counts.
[[nodiscard]] std::size_t evaluation_bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                           Index first_tile, Index last_tile, int cores);

/// An evaluation over the columns `x` with targets `y`, which may be the same object and must outlive it;
/// their rows are shape.inputs and shape.outputs, and they hold the same tiles, those of the node.
[[nodiscard]] std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings,
                                                          const ColumnTiles& x, const ColumnTiles& y);

}  // namespace sae
