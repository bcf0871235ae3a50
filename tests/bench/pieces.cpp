// The pieces of an evaluation and of a step, one by one, with Google Benchmark. Alone, or on several ranks
// for the all-reduce: mpirun -n 2 sae-mpi-pieces --benchmark_filter=all_reduce
#include <LBFGSpp/BFGSMat.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "core/local_objective.hpp"
#include "sae/core/crew.hpp"
#include "sae/core/kernels.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/train/history.hpp"

namespace {

using namespace sae;

constexpr Index pixels = 784;
constexpr int pairs = 10;

/// Of hidden 100: 157,684 parameters.
constexpr Shape shape(Index hidden) {
    return autoencoder(pixels, hidden);
}

template <class Vector>
void fill(Vector& values, double low, double high) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> between(low, high);
    for (auto& value : values) value = static_cast<std::decay_t<decltype(value)>>(between(random));
}

void count_operations(benchmark::State& state, double operations) {
    state.counters["FLOP/s"] = benchmark::Counter(operations, benchmark::Counter::kIsIterationInvariantRate,
                                                  benchmark::Counter::kIs1000);
}

/// W2^T delta3 for the columns that are worked on together.
template <class T>
void back_product(benchmark::State& state) {
    const TileKernels<T>& kernels = best_kernels().of<T>();
    const Index columns = kernels.columns_together(pixels), strip = kernels.widths.strip;
    const Index hidden = state.range(0);
    AlignedVector<T> delta3(static_cast<std::size_t>(columns * pixels));
    AlignedVector<T> w2(static_cast<std::size_t>(pieces(hidden, strip) * strip * pixels));
    AlignedVector<T> g(static_cast<std::size_t>(columns * hidden));
    fill(delta3, -0.1, 0.1);
    fill(w2, -0.1, 0.1);
    for (auto _ : state) {
        kernels.back(delta3.data(), columns, w2.data(), pixels, hidden, {0, hidden}, g.data());
        benchmark::ClobberMemory();
    }
    count_operations(state, 2.0 * static_cast<double>(columns * pixels * hidden));
}
BENCHMARK_TEMPLATE(back_product, double)->Arg(50)->Arg(100)->Arg(250);
BENCHMARK_TEMPLATE(back_product, float)->Arg(50)->Arg(100)->Arg(250);

void register_peak(benchmark::State& state) {
    double peak = 0;
    for (auto _ : state) peak = best_kernels().peak_double(0.02);
    state.counters["FLOP/s"] = peak;
}
BENCHMARK(register_peak)->Iterations(5);

/// An evaluation on one thread; arguments: hidden, columns, beta.
void evaluation(benchmark::State& state) {
    const Shape network = shape(state.range(0));
    const Tiling tiling(state.range(1));
    ColumnTiles columns(pixels, tiling, 0, tiling.tiles());
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(pixels * tiling.columns()));
    fill(bytes, 0, 255);
    columns.put(0, bytes);
    std::vector<double> theta(static_cast<std::size_t>(network.size())), gradient(theta.size());
    fill(theta, -0.05, 0.05);
    test::LocalObjective objective({network, Precision::double_precision, 1, false},
                                   {3e-3, 0.1, static_cast<double>(state.range(2))}, columns, columns);
    for (auto _ : state) benchmark::DoNotOptimize(objective(theta, gradient).total());
    count_operations(state, 10.0 * static_cast<double>(network.hidden * pixels * tiling.columns()));
}
BENCHMARK(evaluation)->Args({250, 2048, 3})->Args({100, 100, 0})->Unit(benchmark::kMillisecond);

void exact_sum(benchmark::State& state) {
    std::vector<double> values(2048);
    fill(values, -1, 1);
    ExactSum sum;
    for (auto _ : state) {
        for (const double value : values) sum.add(value);
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations() * 2048);
}
BENCHMARK(exact_sum);

/// Steps on a quadratic with a diagonal Hessian: as in a training there are two points with their gradients,
/// and the new ones were just written.
template <class Vector>
class Path {
  public:
    explicit Path(Vector zero) : hessian_(zero), x_{zero, zero}, g_{zero, zero} {
        fill(hessian_, 1, 1.5);
        move();
    }

    /// Replaces the older point and gradient.
    void move() {
        newest_ = 1 - newest_;
        const double* const hessian = std::data(hessian_);
        const double* const before = std::data(x_[1 - newest_]);
        double* const x = std::data(x_[newest_]);
        double* const g = std::data(g_[newest_]);
        const std::uint32_t factor = 2654435761U + 2 * ++steps_;
        for (Index i = 0; i < static_cast<Index>(std::size(hessian_)); ++i) {
            // Of both signs, of another pattern in each step, and bounded.
            const auto hash = static_cast<std::uint32_t>(i + 1) * factor;
            x[i] = 0.5 * before[i] + std::ldexp(static_cast<double>(hash), -32) - 0.5;
            g[i] = hessian[i] * x[i];
        }
    }

    const Vector& x() const { return x_[newest_]; }
    const Vector& g() const { return g_[newest_]; }
    const Vector& x_before() const { return x_[1 - newest_]; }
    const Vector& g_before() const { return g_[1 - newest_]; }

  private:
    Vector hessian_;
    std::array<Vector, 2> x_, g_;
    std::size_t newest_ = 0;
    std::uint32_t steps_ = 0;
};

/// Times `step` alone, after each move on the path, once the history is full.
template <class Path, class Step>
void time_steps(benchmark::State& state, Path& path, const Step& step) {
    const auto timed = [&] {
        path.move();
        const auto begin = std::chrono::steady_clock::now();
        step();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    for (int k = 0; k < pairs; ++k) timed();
    for (auto _ : state) state.SetIterationTime(timed());
}

/// Calls `call`; `least` becomes the time that it took if that is less.
template <class Call>
void time_least(double& least, const Call& call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

/// The passes over our history for a step: push of a pair, Gram matrix, direction; arguments: hidden,
/// threads. The counters are the shortest passes
/// over a full history.
void our_step(benchmark::State& state) {
    const Index length = pieces(shape(state.range(0)).size(), block_length) * block_length;
    Path path(AlignedVector<double>(static_cast<std::size_t>(length)));
    History history(pairs, length);
    Crew crew(static_cast<int>(state.range(1)));
    Gram gram(pairs);
    AlignedVector<double> d(static_cast<std::size_t>(length));
    double push = 0;
    double direction = 0;
    time_steps(state, path, [&] {
        if (history.size() < pairs) push = direction = std::numeric_limits<double>::infinity();
        history.make_room();
        std::vector<std::vector<ExactSum>> of_threads(static_cast<std::size_t>(crew.threads()),
                                                      std::vector<ExactSum>(history.push_sums()));
        const StepVectors vectors{path.x_before(), path.x(), path.g_before(), path.g()};
        time_least(push, [&] {
            crew.run([&](int thread) {
                history.push(vectors, thread_blocks(length, thread, crew.threads()),
                             of_threads[static_cast<std::size_t>(thread)]);
            });
        });
        std::vector<ExactSum> sums(history.push_sums());
        for (const std::vector<ExactSum>& own : of_threads)
            for (std::size_t k = 0; k < sums.size(); ++k) sums[k].add(own[k]);
        gram.push(pair_dots(sums));
        std::vector<ExactSum> slopes(static_cast<std::size_t>(crew.threads()));
        time_least(direction, [&] {
            crew.run([&](int thread) {
                history.combine(gram.direction(), path.g(), thread_blocks(length, thread, crew.threads()), d,
                                slopes[static_cast<std::size_t>(thread)]);
            });
        });
        ExactSum slope;
        for (const ExactSum& own : slopes) slope.add(own);
        benchmark::DoNotOptimize(slope.value());
    });
    state.counters["push"] = push;
    state.counters["direction"] = direction;
}
void steps(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgsProduct({{100, 250}, {1, 2}})->Unit(benchmark::kMicrosecond)->UseManualTime();
}
BENCHMARK(our_step)->Apply(steps);

/// The same by LBFGSpp's two loops: differences, correction, product with -g, slope.
void two_loops(benchmark::State& state) {
    using Vector = Eigen::VectorXd;
    const auto n = static_cast<Eigen::Index>(shape(state.range(0)).size());
    Path path(Vector(Vector::Zero(n)));
    LBFGSpp::BFGSMat<double> history;
    history.reset(static_cast<int>(n), pairs);
    Vector d(n);
    time_steps(state, path, [&] {
        history.add_correction(path.x() - path.x_before(), path.g() - path.g_before());
        history.apply_Hv(path.g(), -1.0, d);
        benchmark::DoNotOptimize(d.dot(path.g()));
    });
}
BENCHMARK(two_loops)->Arg(100)->Arg(250)->Unit(benchmark::kMicrosecond)->UseManualTime();

const mpi::Communicator* communicator = nullptr;

/// As many integers as the gradient of `hidden` units has, all-reduced, for the rate of messages; alone it
/// takes no time.
void all_reduce(benchmark::State& state) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(autoencoder(pixels, state.range(0)).size()));
    for (auto _ : state) communicator->all_reduce_sum(sums);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * sums.size()));
}
// The same number of iterations on all ranks, or they would wait for each other for ever.
BENCHMARK(all_reduce)
    ->Arg(1)
    ->Arg(50)
    ->Arg(250)
    ->Iterations(50)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

/// Says nothing: for the ranks but 0.
class Silent final : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context& /*context*/) override { return true; }
    void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

}  // namespace

int main(int argc, char** argv) {
    const mpi::Environment environment;
    const mpi::Communicator world(MPI_COMM_WORLD);
    communicator = &world;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    if (world.is_root()) {
        benchmark::RunSpecifiedBenchmarks();
    } else {
        Silent silent;
        benchmark::RunSpecifiedBenchmarks(&silent);
    }
    return 0;
}
