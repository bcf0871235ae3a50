#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "sae/core/column_tiles.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/phase_times.hpp"
#include "sae/core/precision.hpp"
#include "sae/core/shape.hpp"
#include "sae/core/team.hpp"

namespace sae {

/// How the sums of this rank's tiles become the sums over all ranks while the evaluation goes on. All are
/// integer sums. Called by one thread. The sums of activations stay untouched until they are waited for, the
/// gradient's until the next run().
class Combine {
  public:
    virtual ~Combine() = default;
    /// Begins to add up the activations over the ranks, in place.
    virtual void start_hidden_sums(std::span<std::int64_t> sums) = 0;
    /// Returns when they are added up.
    virtual void wait_hidden_sums() = 0;
    /// The gradient of W2 is complete on this rank: its reduction may begin.
    virtual void start_output_gradient(std::span<std::int64_t> sums) = 0;
    /// Called now and then, so that what was started gets on.
    virtual void progress() = 0;
};

/// A single rank: its sums are the sums.
class NoCombine final : public Combine {
  public:
    void start_hidden_sums(std::span<std::int64_t> /*sums*/) override {}
    void wait_hidden_sums() override {}
    void start_output_gradient(std::span<std::int64_t> /*sums*/) override {}
    void progress() override {}
};

/// What one rank's tiles contribute to cost and gradient at one theta.
struct PartialSums {
    /// False if something on this rank, or a mean activation of 0 or 1 on all, makes the cost infinite; the
    /// sums below are then meaningless.
    bool finite = true;
    /// Sum over this rank's columns of ||a3 - y||^2.
    ExactSum squares;
    /// The gradient's sums over this rank's columns in fixed point, in theta's order, without weight decay.
    std::span<std::int64_t> gradient;
    /// The same of each member of the team, complete once it has met after the evaluation.
    std::span<const std::span<const std::int64_t>> of_team;
    /// beta sum_j KL(rho || rho_hat_j) over all ranks; 0 for the plain autoencoder.
    double sparsity = 0;
};

/// Cost and gradient of the network on one rank's columns:
///
///     z2 = W1 x + b1, a2 = f(z2), z3 = W2 a2 + b2, a3 = f(z3)
///     delta3 = -(y - a3) f'(z3),  dW2 = delta3 a2^T,  db2 = sum delta3
///     delta2 = (W2^T delta3 + beta (-rho / rho_hat + (1 - rho) / (1 - rho_hat))) f'(z2)
///     dW1 = delta2 x^T,  db1 = sum delta2
///
/// (Ng, "Sparse autoencoder", CS294A lecture notes, 2011), tile by tile on several threads. The plain network
/// takes one pass over the data, the sparse one two, between which rho_hat is summed up over the ranks.
///
/// Exactness: a tile's sums have a fixed shape and order; over tiles they are added as integers in fixed
/// point (see FixedPoint). The bounds: 0 <= a2 <= 1; |delta3| <= max (1 - a) a ... = 4/27, as y is in [0, 1]
/// and |a - y| a (1 - a) is largest for y = 0, a = 2/3; the sum of |delta2_j| over m columns is at most
/// m (4/27 sum_k |W2_kj| + |sparsity_j|) min(1/4, rho_hat_j, 1 - rho_hat_j), as a2 (1 - a2) is at most each
/// of 1/4, a2 and 1 - a2; and 0 <= x <= 1.
class Evaluation {
  public:
    virtual ~Evaluation() = default;

    /// Evaluates at `theta` (shape.size() numbers, the same on all ranks), which no member of the team
    /// changes before all have returned.
    virtual const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                                   Combine& combine) = 0;

    /// What one unit of the sum at `index` of the last run's gradient stands for, before the division by the
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

    /// Seconds by phase, of the thread that also communicates, since the last reset.
    [[nodiscard]] virtual PhaseTimes& times() = 0;

  private:
    /// The end of the run of equal unit that `index` belongs to.
    [[nodiscard]] virtual Index next_unit(Index index) const = 0;
};

/// What an evaluation is made of.
struct EvaluationSettings {
    Shape shape;
    Precision precision = Precision::double_precision;
    int threads = 1;
    /// Whether the mean activations are wanted of a plain network too, at the price of a reduction.
    bool always_means = false;
    /// The evaluations that share what is made of theta, and show each other their sums.
    std::shared_ptr<Team> team = std::make_shared<NoTeam>();
};

/// The memory that an evaluation asks its team for.
[[nodiscard]] std::size_t team_bytes(const Shape& shape, Precision precision, int members);

/// An evaluation over the columns `x` with targets `y`, which may be the same object and must outlive it;
/// their rows are shape.inputs and shape.outputs, and they hold the same tiles.
[[nodiscard]] std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings,
                                                          const ColumnTiles& x, const ColumnTiles& y);

}  // namespace sae
