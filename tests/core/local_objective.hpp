#pragma once
#include <limits>
#include <memory>
#include <span>

#include "sae/core/evaluation.hpp"

namespace sae::test {

/// Cost and gradient of a network over columns that are all held here: an evaluation on one rank, whose sums
/// it completes.
class LocalObjective {
  public:
    /// `x` and `y` hold all tiles, may be the same object and must outlive this.
    LocalObjective(const EvaluationSettings& settings, const Hyperparameters& hyperparameters,
                   const ColumnTiles& x, const ColumnTiles& y)
        : shape_(settings.shape),
          hyperparameters_(hyperparameters),
          columns_(static_cast<double>(x.tiling().columns())),
          evaluation_(make_evaluation(settings, x, y)) {}

    /// The cost's terms at `theta`, and the gradient unless `gradient` is empty. An infinite cost leaves the
    /// gradient as it was.
    CostTerms operator()(std::span<const double> theta, std::span<double> gradient) {
        NoReduction alone;
        const PartialSums& sums = evaluation_->run(theta, hyperparameters_, alone);
        if (!sums.finite) return {std::numeric_limits<double>::infinity(), 0, 0};
        const auto weights = static_cast<std::size_t>(shape_.b1());
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            const double one = evaluation_->value_of_one(static_cast<Index>(i));
            gradient[i] = static_cast<double>(sums.gradient[i]) * one / columns_;
            if (i < weights) gradient[i] += hyperparameters_.lambda * theta[i];
        }
        double squares = 0;
        for (const double weight : theta.first(weights)) squares += weight * weight;
        return {sums.squares.value() / (2 * columns_), hyperparameters_.lambda / 2 * squares, sums.sparsity};
    }

  private:
    Shape shape_;
    Hyperparameters hyperparameters_;
    double columns_;
    std::unique_ptr<Evaluation> evaluation_;
};

}  // namespace sae::test
