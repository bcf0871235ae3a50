#pragma once
#include <random>

#include "core/oracle.hpp"
#include "tile_evaluation.hpp"

namespace sae::test {

/// A network with random weights and bytes, all tiles in one process.
struct SumProblem {
    Shape shape;
    std::vector<double> theta;
    std::vector<std::uint8_t> x;
    Tiling tiling;
    ColumnTiles tiles;

    SumProblem(Shape s, Index columns, double weight, unsigned seed)
        : shape(s), tiling(columns), tiles(s.inputs, tiling, 0, tiling.tiles()) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> weights(-weight, weight);
        std::uniform_int_distribution<int> bytes(0, 255);
        for (Index i = 0; i < s.size(); ++i) theta.push_back(weights(random));
        for (Index i = 0; i < columns * s.inputs; ++i) x.push_back(static_cast<std::uint8_t>(bytes(random)));
        tiles.put(0, x);
    }

    /// The evaluation with sums over the tiles that are exact (int64) or plain (double).
    template <class Sum>
    [[nodiscard]] TileEvaluation<double, Sum> evaluation(int threads = 1) const {
        return {{shape, Precision::double_precision, threads, false}, tiles, tiles};
    }

    /// The gradient without weight decay.
    template <class Sum>
    [[nodiscard]] std::vector<double> gradient(const Hyperparameters& hp) const {
        auto evaluation = this->evaluation<Sum>();
        NoCombine alone;
        evaluation.run(theta, hp, alone);
        std::vector<double> result;
        for (Index i = 0; i < shape.size(); ++i) {
            const double unit = std::is_same_v<Sum, double> ? 1 : evaluation.unit(i);
            const Sum sum = evaluation.sums()[static_cast<std::size_t>(i)];
            result.push_back(static_cast<double>(sum) * unit / static_cast<double>(tiling.columns()));
        }
        return result;
    }
};

/// ||gradient - expected|| / ||expected||
inline double gradient_error(const std::vector<double>& gradient, const std::vector<long double>& expected) {
    long double difference = 0, norm = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        difference += (gradient[i] - expected[i]) * (gradient[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    return static_cast<double>(std::sqrt(difference / norm));
}

}  // namespace sae::test
