/// exact_price [HIDDEN IMAGES PAIRS THREADS [oracle]]: what exact sums over the tiles cost, beside plain sums
/// in double with all else equal, at 784 inputs: pairs of evaluations in turn, plain and sparse. With
/// "oracle" also how far either gradient is from a loop in long double, which takes some minutes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/sum_accuracy.hpp"

namespace {

using namespace sae;
using namespace sae::test;

double median(std::vector<double> numbers) {
    const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    return *middle;
}

template <class Sum>
double seconds(TileEvaluation<double, Sum>& evaluation, const SumProblem& problem,
               const Hyperparameters& hp) {
    using Clock = std::chrono::steady_clock;
    NoCombine alone;
    const auto start = Clock::now();
    evaluation.run(problem.theta, hp, alone);
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void measure(const SumProblem& problem, const Hyperparameters& hp, int pairs, int threads) {
    auto exact = problem.evaluation<std::int64_t>(threads);
    auto plain = problem.evaluation<double>(threads);
    seconds(exact, problem, hp);
    seconds(plain, problem, hp);
    std::vector<double> with, without, ratios;
    for (int pair = 0; pair < pairs; ++pair) {
        // Who goes first takes turns too.
        if (pair % 2 == 0) with.push_back(seconds(exact, problem, hp));
        without.push_back(seconds(plain, problem, hp));
        if (pair % 2 == 1) with.push_back(seconds(exact, problem, hp));
        ratios.push_back(with.back() / without.back());
    }
    std::printf(
        "%-6s  exact %8.3f ms  plain %8.3f ms  fastest %8.3f and %8.3f ms  price %+.2f %% (median of "
        "pairs)\n",
        hp.sparse() ? "sparse" : "plain", 1e3 * median(with), 1e3 * median(without),
        1e3 * *std::ranges::min_element(with), 1e3 * *std::ranges::min_element(without),
        100 * (median(ratios) - 1));
    std::fflush(stdout);
}

void compare_with_oracle(const SumProblem& problem, const Hyperparameters& hp) {
    const auto expected = oracle(problem.shape, problem.theta, hp, problem.x, problem.x);
    std::printf("%-6s  relative error of the gradient: exact %.3g, plain %.3g\n",
                hp.sparse() ? "sparse" : "plain",
                gradient_error(problem.gradient<std::int64_t>(hp), expected.gradient),
                gradient_error(problem.gradient<double>(hp), expected.gradient));
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int index, int otherwise) {
        return argc > index ? std::stoi(argv[index]) : otherwise;
    };
    const Shape shape{784, number(1, 250), 784};
    const SumProblem problem(shape, number(2, 10000), 0.08, 1);
    const int pairs = number(3, 15), threads = number(4, 1);
    std::printf("hidden %td, %td images, %d pairs of evaluations, %d threads\n", shape.hidden,
                problem.tiling.columns(), pairs, threads);
    const Hyperparameters plain{0, 0.1, 0}, sparse{0, 0.1, 3};
    for (const Hyperparameters& hp : {plain, sparse}) measure(problem, hp, pairs, threads);
    if (argc > 5 && std::strcmp(argv[5], "oracle") == 0)
        for (const Hyperparameters& hp : {plain, sparse}) compare_with_oracle(problem, hp);
}
