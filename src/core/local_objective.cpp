#include "sae/core/local_objective.hpp"

#include <Eigen/Core>
#include <limits>

namespace sae {

LocalObjective::LocalObjective(const EvaluationSettings& settings, const Hyperparameters& hyperparameters,
                               const ColumnTiles& x, const ColumnTiles& y)
    : settings_(settings),
      hyperparameters_(hyperparameters),
      columns_(x.tiling().columns()),
      evaluation_(make_evaluation(settings, x, y)) {}

CostTerms LocalObjective::operator()(std::span<const double> theta, std::span<double> gradient) {
    NoCombine alone;
    const PartialSums& sums = evaluation_->run(theta, hyperparameters_, alone);
    const double infinity = std::numeric_limits<double>::infinity();
    if (!sums.finite) return {infinity, 0, 0};
    const auto m = static_cast<double>(columns_);
    const Index weights = settings_.shape.b1();
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const auto index = static_cast<Index>(i);
        gradient[i] = static_cast<double>(sums.gradient[i]) * evaluation_->unit(index) / m;
        if (index < weights) gradient[i] += hyperparameters_.lambda * theta[i];
    }
    const double squares = Eigen::Map<const Eigen::VectorXd>(theta.data(), weights).squaredNorm();
    return {sums.squares.value() / (2 * m), hyperparameters_.lambda / 2 * squares, sums.sparsity};
}

}  // namespace sae
