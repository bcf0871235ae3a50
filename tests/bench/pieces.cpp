// The pieces of an evaluation and of a step, one by one, with Google Benchmark. Alone, or on several ranks
// for the all-reduce: mpirun -n 2 sae-mpi-pieces --benchmark_filter=all_reduce
#include <LBFGSpp/BFGSMat.h>
#include <benchmark/benchmark.h>

#include <chrono>
#include <random>

#include "core/local_objective.hpp"
#include "sae/core/kernels.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/train/history.hpp"

namespace {

using namespace sae;

constexpr Index pixels = 784;
constexpr int pairs = 10;
/// Of hidden 100: 157,684 parameters.
constexpr Shape shape = autoencoder(pixels, 100);

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
    constexpr Index columns = column_group * panel_width<T>;
    const Index hidden = state.range(0);
    AlignedVector<T> delta3(static_cast<std::size_t>(columns * pixels));
    AlignedVector<T> w2(static_cast<std::size_t>(pieces(hidden, strip_width) * strip_width * pixels));
    AlignedVector<T> g(static_cast<std::size_t>(columns * hidden));
    fill(delta3, -0.1, 0.1);
    fill(w2, -0.1, 0.1);
    const TileKernels<T>& kernels = best_kernels().of<T>();
    for (auto _ : state) {
        kernels.back(delta3.data(), columns, w2.data(), pixels, hidden, g.data());
        benchmark::ClobberMemory();
    }
    count_operations(state, 2.0 * columns * pixels * static_cast<double>(hidden));
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
    const Shape network = autoencoder(pixels, state.range(0));
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

/// Points and gradients of a path with curvature, in whole blocks.
struct Steps {
    std::vector<Slice> x, g;

    Steps() {
        const Index length = (shape.size() + block_length - 1) / block_length * block_length;
        for (int step = 0; step < pairs + 2; ++step) {
            x.emplace_back(length);
            g.emplace_back(length);
            std::mt19937 random(static_cast<unsigned>(step));
            std::uniform_real_distribution<double> between(-1, 1);
            for (std::size_t i = 0; i < static_cast<std::size_t>(shape.size()); ++i) {
                x.back().span()[i] = between(random);
                g.back().span()[i] = x.back().span()[i] * (1 + 0.5 * std::abs(between(random)));
            }
        }
    }
};

/// The passes over our history for a step: push of a pair, Gram matrix, direction.
void our_step(benchmark::State& state) {
    Steps steps;
    History history(pairs, static_cast<Index>(steps.x[0].span().size()), static_cast<int>(state.range(0)));
    Gram gram(pairs);
    Slice d(static_cast<Index>(steps.x[0].span().size()));
    std::size_t at = 0;
    const auto step = [&] {
        const std::size_t next = (at + 1) % steps.x.size();
        std::vector<ExactSum> sums(history.push_sums());
        history.push(steps.x[at].span(), steps.x[next].span(), steps.g[at].span(), steps.g[next].span(),
                     sums);
        gram.push(pair_dots(sums));
        ExactSum slope;
        history.combine(gram.direction(), steps.g[next].span(), d.span(), slope);
        benchmark::DoNotOptimize(slope.value());
        at = next;
    };
    for (int k = 0; k < pairs; ++k) step();
    for (auto _ : state) step();
}
BENCHMARK(our_step)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond)->UseRealTime();

/// The same by LBFGSpp's two loops: differences, correction, product with -g, slope.
void two_loops(benchmark::State& state) {
    Steps steps;
    using Vector = Eigen::VectorXd;
    const auto n = static_cast<Eigen::Index>(shape.size());
    std::vector<Vector> x, g;
    for (std::size_t k = 0; k < steps.x.size(); ++k) {
        x.emplace_back(Eigen::Map<const Vector>(steps.x[k].span().data(), n));
        g.emplace_back(Eigen::Map<const Vector>(steps.g[k].span().data(), n));
    }
    LBFGSpp::BFGSMat<double> history;
    history.reset(static_cast<int>(n), pairs);
    Vector d(n);
    std::size_t at = 0;
    const auto step = [&] {
        const std::size_t next = (at + 1) % x.size();
        history.add_correction(x[next] - x[at], g[next] - g[at]);
        history.apply_Hv(g[next], -1.0, d);
        benchmark::DoNotOptimize(d.dot(g[next]));
        at = next;
    };
    for (int k = 0; k < pairs; ++k) step();
    for (auto _ : state) step();
}
BENCHMARK(two_loops)->Unit(benchmark::kMicrosecond)->UseRealTime();

const mpi::Communicator* communicator = nullptr;

/// The gradient's integers of `hidden` units, all-reduced; alone it takes no time.
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
