#include "sae/core/formulas.hpp"

#include <random>

#include "catch.hpp"
#include "core/local_objective.hpp"
#include "core/oracle.hpp"

using namespace sae;

namespace {

struct Problem {
    Shape shape{20, 7, 13};
    Index m = 150;
    std::vector<double> theta;
    std::vector<std::uint8_t> x, y;

    Problem() {
        std::mt19937 random(4);
        std::uniform_real_distribution<double> weight(-0.5, 0.5);
        for (Index i = 0; i < shape.size(); ++i) theta.push_back(weight(random));
        for (Index i = 0; i < m * shape.inputs; ++i) x.push_back(static_cast<std::uint8_t>(random()));
        for (Index i = 0; i < m * shape.outputs; ++i) y.push_back(static_cast<std::uint8_t>(random()));
    }
};

}  // namespace

TEST_CASE("the formulas in Eigen agree with a loop per example, and the fast evaluation with both") {
    const Problem problem;
    const Hyperparameters hp = GENERATE(Hyperparameters{1e-3, 0.05, 0}, Hyperparameters{1e-3, 0.05, 0.7});
    const Shape& s = problem.shape;
    const auto found =
        formulas::cost_and_gradient(s, problem.theta, hp, formulas::columns(problem.x, s.inputs),
                                    formulas::columns(problem.y, s.outputs));
    const auto expected = test::oracle(s, problem.theta, hp, problem.x, problem.y);
    CHECK(found.cost.total() == Approx(static_cast<double>(expected.cost())).epsilon(1e-13));
    double norm = 0, to_oracle = 0, to_fast = 0;
    const Tiling tiling(problem.m);
    ColumnTiles x(s.inputs, tiling, 0, tiling.tiles()), y(s.outputs, tiling, 0, tiling.tiles());
    x.put(0, problem.x);
    y.put(0, problem.y);
    std::vector<double> fast(problem.theta.size());
    test::LocalObjective({s, Precision::double_precision, hp.sparse()}, hp, x, y)(problem.theta, fast);
    for (std::size_t i = 0; i < fast.size(); ++i) {
        const double g = found.gradient[static_cast<Index>(i)];
        norm = std::max(norm, std::abs(g));
        to_oracle = std::max(to_oracle, std::abs(g - static_cast<double>(expected.gradient[i])));
        to_fast = std::max(to_fast, std::abs(g - fast[i]));
    }
    CHECK(norm > 0);
    CHECK(to_oracle < 1e-13 * norm);
    CHECK(to_fast < 1e-13 * norm);
}
