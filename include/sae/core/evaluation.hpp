#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/phase_times.hpp"
#include "sae/core/precision.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// How the sums of this rank's tiles become the sums over all ranks while the evaluation goes on. All are
/// integer sums. Called by one thread; the spans stay valid and untouched until waited for, or until run()
/// is over for the gradient.
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
    /// beta sum_j KL(rho || rho_hat_j) over all ranks; 0 for the plain autoencoder.
    double sparsity = 0;
};

/// What an evaluation is made of.
struct EvaluationSettings {
    Shape shape;
    Precision precision = Precision::double_precision;
    int threads = 1;
    /// Whether the mean activations are wanted of a plain network too, at the price of a reduction.
    bool always_means = false;
};

/// An evaluation over the columns `x` with targets `y`, which may be the same object and must outlive it;
/// their rows are shape.inputs and shape.outputs, and they hold the same tiles.
[[nodiscard]] std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings,
                                                          const ColumnTiles& x, const ColumnTiles& y);

}  // namespace sae
