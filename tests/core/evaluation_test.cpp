#include <random>

#include "catch.hpp"
#include "core/local_objective.hpp"
#include "core/oracle.hpp"
#include "sae/core/feedforward.hpp"
#include "sae/core/numerical_gradient.hpp"

using namespace sae;
using sae::test::LocalObjective;
using sae::test::oracle;

namespace {

struct Problem {
    Shape shape;
    std::vector<double> theta;
    std::vector<std::uint8_t> x, y;
    Tiling tiling;
    ColumnTiles x_tiles, y_tiles;

    Problem(Shape s, Index m, double weight = 0.5, unsigned seed = 1, bool same = true)
        : shape(s),
          tiling(m),
          x_tiles(s.inputs, tiling, 0, tiling.tiles()),
          y_tiles(s.outputs, tiling, 0, tiling.tiles()) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> weights(-weight, weight);
        std::uniform_int_distribution<int> bytes(0, 255);
        for (Index i = 0; i < s.size(); ++i) theta.push_back(weights(random));
        for (Index i = 0; i < m * s.inputs; ++i) x.push_back(static_cast<std::uint8_t>(bytes(random)));
        if (same && s.inputs == s.outputs)
            y = x;
        else
            for (Index i = 0; i < m * s.outputs; ++i) y.push_back(static_cast<std::uint8_t>(bytes(random)));
        x_tiles.put(0, x);
        y_tiles.put(0, y);
    }

    /// Sets most bytes to 0, as in MNIST: whole images, pixels that are 0 in all images, and others.
    void empty(unsigned seed) {
        std::mt19937 random(seed);
        const auto n = static_cast<std::size_t>(shape.inputs);
        for (std::size_t i = 0; i < x.size(); ++i)
            if (i / n % 7 == 3 || i % n % 5 == 2 || random() % 10 < 7) x[i] = 0;
        if (shape.inputs == shape.outputs) y = x;
        x_tiles.put(0, x);
        y_tiles.put(0, y);
    }

    /// Largest error of cost terms and gradient, relative to the term and to the gradient's norm.
    double error(const Hyperparameters& hp, Precision precision = Precision::double_precision,
                 int threads = 1) {
        LocalObjective objective({shape, precision, hp.sparse(), false, std::make_shared<Crew>(threads)}, hp,
                                 x_tiles, y_tiles);
        std::vector<double> gradient(theta.size());
        const CostTerms cost = objective(theta, gradient);
        const auto expected = oracle(shape, theta, hp, x, y);
        const auto relative = [](double a, long double b) {
            return b == 0 ? std::abs(a) : static_cast<double>(std::abs((a - b) / b));
        };
        double worst = std::max({relative(cost.reconstruction, expected.reconstruction),
                                 relative(cost.weight_decay, expected.weight_decay),
                                 relative(cost.sparsity, expected.sparsity)});
        long double difference = 0, norm = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            difference += (gradient[i] - expected.gradient[i]) * (gradient[i] - expected.gradient[i]);
            norm += expected.gradient[i] * expected.gradient[i];
        }
        return std::max(worst, static_cast<double>(std::sqrt(difference / norm)));
    }
};

const Hyperparameters plain{1e-3, 0.05, 0};
const Hyperparameters sparse{1e-3, 0.05, 0.7};

}  // namespace

TEST_CASE("cost and gradient agree with a loop per example in long double") {
    // The smallest sizes; sizes around a strip (12), half a panel (8) and a panel (16); and numbers of
    // columns that are not a multiple of a tile.
    const auto shape = GENERATE(Shape{1, 1, 1}, Shape{1, 2, 1}, Shape{5, 3, 5}, Shape{12, 12, 12},
                                Shape{13, 25, 13}, Shape{16, 17, 16}, Shape{49, 10, 49}, Shape{33, 70, 33});
    const Index m = GENERATE(1, 2, 7, 8, 9, 16, 17, 31, 47, 48, 100, 143);
    Problem problem(shape, m);
    INFO(shape.inputs << "-" << shape.hidden << ", " << m << " columns");
    CHECK(problem.error(plain) < 1e-12);
    CHECK(problem.error(sparse) < 1e-12);
    CHECK(problem.error(sparse, Precision::double_precision, 3) < 1e-12);
    CHECK(problem.error(plain, Precision::single_precision) < 3e-5);
    CHECK(problem.error(sparse, Precision::single_precision, 2) < 3e-5);
}

TEST_CASE("pixels that are 0 are skipped wherever they are") {
    const auto shape = GENERATE(Shape{4, 3, 4}, Shape{33, 17, 33}, Shape{150, 50, 150});
    for (const Index m : {1, 4, 30, 77, 143}) {
        Problem problem(shape, m, 0.5, 3);
        problem.empty(static_cast<unsigned>(m));
        INFO(shape.inputs << "-" << shape.hidden << ", " << m << " columns");
        CHECK(problem.error(plain) < 1e-12);
        CHECK(problem.error(sparse, Precision::double_precision, 2) < 1e-12);
        CHECK(problem.error(sparse, Precision::single_precision) < 3e-5);
    }
}

TEST_CASE("a perceptron with targets other than its inputs") {
    const auto shape = GENERATE(Shape{7, 5, 3}, Shape{3, 20, 29}, Shape{20, 12, 20});
    for (const Index m : {1, 30, 77}) {
        Problem problem(shape, m, 0.5, 2, false);
        CHECK(problem.error(plain) < 1e-12);
        CHECK(problem.error(sparse) < 1e-12);
        CHECK(problem.error(sparse, Precision::single_precision) < 3e-5);
    }
}

TEST_CASE("several tiles and odd columns at the width of MNIST") {
    Problem problem({784, 30, 784}, 1037, 0.08);
    CHECK(problem.tiling.tiles() == 4);
    CHECK(problem.error(plain, Precision::double_precision, 2) < 1e-12);
    CHECK(problem.error(sparse) < 1e-12);
}

TEST_CASE("each term of the cost alone, by its coefficient") {
    Problem problem({20, 9, 20}, 50);
    const auto terms = [&](const Hyperparameters& hp) {
        LocalObjective objective({problem.shape, Precision::double_precision, hp.sparse()}, hp,
                                 problem.x_tiles, problem.y_tiles);
        return objective(problem.theta, {});
    };
    const CostTerms bare = terms({0, 0.05, 0});
    CHECK(bare.weight_decay == 0);
    CHECK(bare.sparsity == 0);
    CHECK(bare.reconstruction > 0);
    const CostTerms decay = terms({2e-2, 0.05, 0});
    CHECK(decay.reconstruction == bare.reconstruction);
    CHECK(decay.weight_decay == Approx(2 * terms({1e-2, 0.05, 0}).weight_decay).epsilon(1e-14));
    const CostTerms both = terms({0, 0.05, 0.3});
    CHECK(both.reconstruction == bare.reconstruction);
    CHECK(both.sparsity == Approx(3 * terms({0, 0.05, 0.1}).sparsity).epsilon(1e-14));
    CHECK(problem.error({0, 0.05, 0}) < 1e-12);
    CHECK(problem.error({5, 0.05, 0}) < 1e-12);
    CHECK(problem.error({0, 0.3, 50}) < 1e-12);
}

TEST_CASE("hidden units that saturate") {
    Problem problem({20, 9, 20}, 60, 0.1);
    SECTION("nearly on and nearly off") {
        problem.theta[static_cast<std::size_t>(problem.shape.b1())] = 30;
        problem.theta[static_cast<std::size_t>(problem.shape.b1() + 1)] = -30;
        CHECK(problem.error(plain) < 1e-12);
        // In double, 1 - rho_hat of a unit at 30 has no correct digits.
        problem.theta[static_cast<std::size_t>(problem.shape.b1())] = 5;
        CHECK(problem.error(sparse) < 1e-12);
    }
    const auto cost = [&](const Hyperparameters& hp) {
        LocalObjective objective({problem.shape, Precision::double_precision, true}, hp, problem.x_tiles,
                                 problem.y_tiles);
        std::vector<double> gradient(problem.theta.size(), 7);
        const CostTerms terms = objective(problem.theta, gradient);
        for (const double g : gradient) CHECK(std::isfinite(g));
        return terms.total();
    };
    for (const double bias : {800.0, -800.0, 1e300, -1e300}) {
        problem.theta[static_cast<std::size_t>(problem.shape.b1() + 3)] = bias;
        CHECK(std::isinf(cost(sparse)));
        CHECK(std::isfinite(cost(plain)));
    }
    problem.theta[static_cast<std::size_t>(problem.shape.b1() + 3)] = std::nan("");
    CHECK(std::isinf(cost(sparse)));
    CHECK(std::isinf(cost(plain)));
}

TEST_CASE("weights whose products overflow make the cost infinite, not a NaN") {
    Problem problem({20, 9, 20}, 60, 1e308);
    for (const int threads : {1, 3}) {
        LocalObjective objective(
            {problem.shape, Precision::double_precision, false, false, std::make_shared<Crew>(threads)},
            plain, problem.x_tiles, problem.y_tiles);
        std::vector<double> gradient(problem.theta.size(), 0);
        CHECK(std::isinf(objective(problem.theta, gradient).total()));
    }
}

TEST_CASE("threads change no bit") {
    // One tile, which is divided by rows, and several, of one team of cores and of more.
    for (const Index columns : {1, 60, 150, 1000, 3000}) {
        Problem problem({50, 21, 50}, columns);
        for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
            for (const Hyperparameters& hp : {plain, sparse}) {
                INFO(columns << " columns, beta " << hp.beta);
                std::vector<std::vector<double>> gradients;
                std::vector<double> costs;
                for (const int threads : {1, 2, 3, 7, 16, 40}) {
                    LocalObjective objective(
                        {problem.shape, precision, hp.sparse(), false, std::make_shared<Crew>(threads)}, hp,
                        problem.x_tiles, problem.y_tiles);
                    gradients.emplace_back(problem.theta.size());
                    costs.push_back(objective(problem.theta, gradients.back()).total());
                    CHECK(gradients.back() == gradients.front());
                    CHECK(costs.back() == costs.front());
                }
            }
        }
    }
}

TEST_CASE("the analytic gradient agrees with central differences") {
    Problem problem({64, 2, 64}, 10, 0.3);
    for (const auto& [hp, bound] : {std::pair{plain, 1e-8}, std::pair{sparse, 1e-7}}) {
        LocalObjective objective({problem.shape, Precision::double_precision, hp.sparse()}, hp,
                                 problem.x_tiles, problem.y_tiles);
        std::vector<double> gradient(problem.theta.size());
        objective(problem.theta, gradient);
        const std::vector<double> before = problem.theta;
        const auto numerical = numerical_gradient(
            [&](std::span<const double> theta) { return objective(theta, {}).total(); }, problem.theta);
        CHECK(problem.theta == before);
        CHECK(compare_gradients(gradient, numerical).relative < bound);
    }
}

TEST_CASE("feedforward agrees with a loop per example") {
    Crew alone(1);
    for (const Index m : {1, 63, 64, 65, 130}) {
        Problem problem({30, 13, 17}, m, 0.5, 3, false);
        std::vector<double> a2(static_cast<std::size_t>(m * 13)), a3(static_cast<std::size_t>(m * 17));
        hidden_activations(problem.shape, problem.theta, problem.x, a2, alone);
        network_outputs(problem.shape, problem.theta, problem.x, a3, alone);
        const auto expected = oracle(problem.shape, problem.theta, plain, problem.x, problem.y);
        for (std::size_t i = 0; i < a3.size(); ++i)
            CHECK(std::abs(a3[i] - static_cast<double>(expected.outputs[i])) < 1e-14);
        for (Index j = 0; j < 13; ++j) {
            double mean = 0;
            for (Index c = 0; c < m; ++c)
                mean += a2[static_cast<std::size_t>(c * 13 + j)] / static_cast<double>(m);
            CHECK(mean ==
                  Approx(static_cast<double>(expected.rho_hat[static_cast<std::size_t>(j)])).epsilon(1e-13));
        }
        std::vector<double> last(17);
        network_outputs(problem.shape, problem.theta,
                        std::span(problem.x).last(static_cast<std::size_t>(problem.shape.inputs)), last,
                        alone);
        CHECK(std::equal(last.begin(), last.end(), a3.end() - 17));
    }
}

TEST_CASE("feedforward does not depend on the number of threads") {
    // Enough images that all threads work on some.
    Crew alone(1);
    Problem problem({60, 50, 40}, 20000, 0.5, 3, false);
    std::vector<double> a2(20000 * 50), a3(20000 * 40), a2_by_threads(a2.size()), a3_by_threads(a3.size());
    hidden_activations(problem.shape, problem.theta, problem.x, a2, alone);
    network_outputs(problem.shape, problem.theta, problem.x, a3, alone);
    for (const int threads : {2, 3, 100}) {
        Crew crew(threads);
        hidden_activations(problem.shape, problem.theta, problem.x, a2_by_threads, crew);
        network_outputs(problem.shape, problem.theta, problem.x, a3_by_threads, crew);
        // Not the vectors, which a failure would print.
        const bool same = a2_by_threads == a2 && a3_by_threads == a3;
        CHECK(same);
    }
}
