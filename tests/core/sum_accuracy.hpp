#pragma once
#include <random>

#include "core/oracle.hpp"
#include "sae/core/evaluation.hpp"

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

    /// The gradient without weight decay, of exact sums over the tiles.
    [[nodiscard]] std::vector<double> exact_gradient(const Hyperparameters& hp) const {
        Means means;
        const std::vector<double> sums = sums_over(tiles, hp, means);
        return divided(sums);
    }

    /// The same of sums in double, to which one tile after the other is added with a rounding.
    [[nodiscard]] std::vector<double> plain_gradient(const Hyperparameters& hp) const {
        Means means;
        static_cast<void>(sums_over(tiles, hp, means));
        std::vector<double> sums(theta.size());
        for (Index tile = 0; tile < tiling.tiles(); ++tile) {
            ColumnTiles one(shape.inputs, tiling, tile, tile + 1);
            const Index begin = tiling.begin(tile) * shape.inputs,
                        end = tiling.begin(tile + 1) * shape.inputs;
            one.put(tiling.begin(tile), std::span(x).subspan(at(begin), at(end - begin)));
            const std::vector<double> more = sums_over(one, hp, means);
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
        }
        return divided(sums);
    }

  private:
    /// Keeps the sums of activations of the first evaluation for the others.
    class Means final : public Reduction {
      public:
        void start_hidden_sums(std::span<std::int64_t> sums) override {
            if (kept_.empty()) kept_.assign(sums.begin(), sums.end());
            std::ranges::copy(kept_, sums.begin());
        }
        void wait_hidden_sums() override {}
        [[nodiscard]] bool has_other_nodes() const override { return false; }
        void start_output_gradient(std::span<const std::int64_t> /*sums*/) override {}
        void progress() override {}

      private:
        std::vector<std::int64_t> kept_;
    };

    static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

    [[nodiscard]] std::vector<double> sums_over(const ColumnTiles& columns, const Hyperparameters& hp,
                                                Means& means) const {
        const auto evaluation =
            make_evaluation({shape, Precision::double_precision, hp.sparse()}, columns, columns);
        const PartialSums& partial = evaluation->run(theta, hp, means);
        std::vector<double> sums;
        for (Index i = 0; i < shape.size(); ++i)
            sums.push_back(static_cast<double>(partial.gradient[at(i)]) * evaluation->value_of_one(i));
        return sums;
    }
    [[nodiscard]] std::vector<double> divided(std::vector<double> sums) const {
        for (double& sum : sums) sum /= static_cast<double>(tiling.columns());
        return sums;
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
