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

    /// The program's gradient, without weight decay.
    [[nodiscard]] std::vector<double> gradient(const Hyperparameters& hp) const {
        TileEvaluation<double> evaluation({shape, Precision::double_precision, 1, false}, tiles, tiles);
        NoCombine alone;
        const PartialSums& partial = evaluation.run(theta, hp, alone);
        std::vector<double> result;
        for (Index i = 0; i < shape.size(); ++i)
            result.push_back(static_cast<double>(partial.gradient[static_cast<std::size_t>(i)]) *
                             evaluation.unit(i) / static_cast<double>(tiling.columns()));
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
