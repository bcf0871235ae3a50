// The gradient with exact sums over the tiles is at least as close to a loop in long double as with plain
// ones.
#include "core/sum_accuracy.hpp"

#include "catch.hpp"

using namespace sae;
using namespace sae::test;

TEST_CASE("exact sums over tiles are no less accurate than plain ones") {
    // Weights as at the start, and ten times as large, so that units are almost on or off.
    const double weight = GENERATE(0.3, 3.0);
    double exact = 0, plain = 0;
    for (unsigned seed = 1; seed <= 6; ++seed) {
        const SumProblem problem({16, 8, 16}, 30011, weight, seed);
        for (const Hyperparameters& hp : {Hyperparameters{0, 0.05, 0}, Hyperparameters{0, 0.05, 3}}) {
            const auto expected = oracle(problem.shape, problem.theta, hp, problem.x, problem.x);
            exact += gradient_error(problem.exact_gradient(hp), expected.gradient);
            plain += gradient_error(problem.plain_gradient(hp), expected.gradient);
        }
    }
    INFO("relative errors, summed up: exact " << exact << ", plain " << plain);
    CHECK(exact > 0);
    CHECK(exact <= plain);
}
