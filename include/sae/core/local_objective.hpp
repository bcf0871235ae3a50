#pragma once
#include <memory>
#include <span>

#include "sae/core/evaluation.hpp"

namespace sae {

/// Cost and gradient of the network over columns that one process holds as a whole: an autoencoder where the
/// targets are the columns themselves, else a perceptron with one hidden layer. All arithmetic is that of the
/// distributed objective.
class LocalObjective {
  public:
    /// `x` and `y` hold all tiles, may be the same object and must outlive this.
    LocalObjective(const EvaluationSettings& settings, const Hyperparameters& hyperparameters,
                   const ColumnTiles& x, const ColumnTiles& y);

    /// The cost's terms at `theta`, and the gradient unless `gradient` is empty. An infinite cost leaves the
    /// gradient as it was.
    CostTerms operator()(std::span<const double> theta, std::span<double> gradient);

    [[nodiscard]] Evaluation& evaluation() { return *evaluation_; }

  private:
    EvaluationSettings settings_;
    Hyperparameters hyperparameters_;
    Index columns_;
    std::unique_ptr<Evaluation> evaluation_;
};

}  // namespace sae
