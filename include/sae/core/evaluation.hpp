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

/// How an evaluation adds up the sums of its node over all nodes while it continues to compute. The sums are
/// integers in the crew's memory and are complete on the node when a function is called with them. The first
/// core of each rank calls all functions, in the same order on all ranks. The caller leaves the sums of
/// activations unchanged until wait_hidden_sums() returns, and those of the gradient until the next run().
class Reduction {
  public:
    virtual ~Reduction() = default;
    /// Begins to add up the sums of the hidden units' activations over the nodes, in place.
    virtual void start_hidden_sums(std::span<std::int64_t> sums) = 0;
    /// Returns when this rank's part in that is done; all cores of the crew meet afterwards, and then the
    /// sums are complete.
    virtual void wait_hidden_sums() = 0;
    /// Whether there are nodes to which start_output_gradient() sends.
    [[nodiscard]] virtual bool has_other_nodes() const = 0;
    /// Begins to add up dW2 (outputs x hidden), which is complete on this node, over the nodes.
    virtual void start_output_gradient(std::span<const std::int64_t> sums) = 0;
    /// Called often, so that messages make progress.
    virtual void progress() = 0;
};

/// The reduction where there is one node only.
class NoReduction final : public Reduction {
  public:
    void start_hidden_sums(std::span<std::int64_t> /*sums*/) override {}
    void wait_hidden_sums() override {}
    [[nodiscard]] bool has_other_nodes() const override { return false; }
    void start_output_gradient(std::span<const std::int64_t> /*sums*/) override {}
    void progress() override {}
};

/// What one evaluation gives on one rank.
struct PartialSums {
    /// False if the cost is infinite: something that this rank's cores computed is not finite, or a mean
    /// activation is 0 or 1. Then the rest means nothing.
    bool finite = true;
    /// Sum of ||a3 - y||^2 over the columns that this rank's cores worked on.
    ExactSum squares;
    /// The sums over the columns of the node for each element of the gradient, in theta's order, without
    /// weight decay and not divided by the number of columns; integers as Evaluation::value_of_one() has
    /// them, in the crew's memory.
    std::span<const std::int64_t> gradient;
    /// beta sum_j KL(rho || rho_hat_j), the same on all ranks; 0 for the plain autoencoder.
    double sparsity = 0;
    /// The columns that this rank's cores worked on. If they do not add up to the number of columns over all
    /// ranks, some were left out.
    std::int64_t columns_done = 0;
    /// The number of elements of dW1 and dW2 that this rank's cores computed, summed over the tiles. Over all
    /// ranks they must add up to elements_of(shape) times the number of tiles.
    std::int64_t elements_done = 0;
};

/// Cost and gradient of the network on one node's columns:
///
///     z2 = W1 x + b1, a2 = f(z2), z3 = W2 a2 + b2, a3 = f(z3)
///     delta3 = -(y - a3) f'(z3),  dW2 = delta3 a2^T,  db2 = sum delta3
///     delta2 = (W2^T delta3 + beta (-rho / rho_hat + (1 - rho) / (1 - rho_hat))) f'(z2)
///     dW1 = delta2 x^T,  db1 = sum delta2
///
/// (Ng, "Sparse autoencoder", CS294A lecture notes, 2011). The cores of a crew form teams; those of a team
/// work on the same few tiles at a time: they divide the columns, meet, and then divide dW2 and dW1. The
/// plain network takes one pass over the data. The sparse one takes two, between which rho_hat is summed up
/// over all ranks.
///
/// Exactness: sums inside a tile or a column group have a fixed shape and order. Over tiles and groups they
/// are added as integers (see FixedPoint), for which these bounds hold:
///
/// - 0 <= a2 <= 1 and 0 <= x <= 1;
/// - |delta3| = |a3 - y| a3 (1 - a3) <= 4/27: y is in [0, 1], so the largest is that of y = 0, a3 = 2/3;
/// - the sum of |delta2_j| over m columns is at most
///   m (4/27 sum_k |W2_kj| + |sparsity_j|) min(1/4, rho_hat_j, 1 - rho_hat_j), because a2 (1 - a2) is at most
///   1/4, a2 and 1 - a2. sparsity_j is the term beta (...) of delta2.
class Evaluation {
  public:
    virtual ~Evaluation() = default;

    /// Collective over the crew: evaluates at `theta`, shape.size() numbers, the same on all ranks. No rank
    /// of the crew may change them before all have returned.
    virtual const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                                   Reduction& reduction) = 0;

    /// What the integer 1 means in the last run's PartialSums::gradient at `index`: a power of two, the same
    /// on all ranks. All of dW2 and db2 have one such value; each row of dW1 has its own, also that of db1.
    [[nodiscard]] virtual double value_of_one(Index index) const = 0;

    /// Calls use(first, last, value_of_one) for each run of elements of the gradient in [begin, begin +
    /// length) that have one such value; `first` and `last` count from `begin`.
    template <class Use>
    void for_equal_scales(Index begin, Index length, Use use) const {
        for (Index first = 0; first < length;) {
            const Index last = std::min(length, next_scale(begin + first) - begin);
            use(first, last, value_of_one(begin + first));
            first = last;
        }
    }

    /// The mean activation of each hidden unit over the columns of all ranks, after a run of the sparse
    /// network, or with EvaluationSettings::always_means.
    [[nodiscard]] virtual std::span<const double> mean_activations() const = 0;

    /// The seconds of each thread of this rank, by phase, since the caller last reset them. The first thread
    /// also communicates.
    [[nodiscard]] virtual std::span<PhaseTimes> times() = 0;

    /// The number of teams into which the cores of the node are divided: the cores of a team share tiles.
    [[nodiscard]] virtual std::size_t teams() const = 0;

    /// The number of elements of dW1 and dW2 together.
    [[nodiscard]] static constexpr Index elements_of(const Shape& shape) { return shape.b1(); }

  private:
    /// Where the run of equal value_of_one() that `index` belongs to ends.
    [[nodiscard]] virtual Index next_scale(Index index) const = 0;
};

/// What an evaluation is made of.
struct EvaluationSettings {
    Shape shape;
    Precision precision = Precision::double_precision;
    /// Whether run() will be called with a sparsity term: there is then memory for the activations of all
    /// columns.
    bool sparse = false;
    /// Whether mean_activations() are wanted of the plain network too, which costs a reduction.
    bool always_means = false;
    /// The cores that share the work.
    std::shared_ptr<Crew> crew = std::make_shared<Crew>(1);
};

/// The bytes that an evaluation of the tiles [first_tile, last_tile) requests of a crew of `cores`.
/// settings.crew is not used.
[[nodiscard]] std::size_t evaluation_bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                           Index first_tile, Index last_tile, int cores);

/// An evaluation over the inputs `x` (rows: shape.inputs) with the targets `y` (rows: shape.outputs). Both
/// hold the tiles of the node, may be the same object and must outlive the evaluation.
[[nodiscard]] std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings,
                                                          const ColumnTiles& x, const ColumnTiles& y);

}  // namespace sae
