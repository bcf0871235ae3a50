#include "sae/train/benchmark.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "sae/core/initialise.hpp"
#include "sae/data/model_file.hpp"

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The rate of multiply-adds on registers, all threads at the same time: operations a second of all together.
double register_rate(Precision precision, int threads) {
    constexpr double seconds = 0.02;
    const KernelSet& kernels = best_kernels();
    const auto peak = precision == Precision::double_precision ? kernels.peak_double : kernels.peak_single;
    std::vector<double> rates(static_cast<std::size_t>(threads));
    Crew crew(threads);
    crew.run([&](int core) { rates[static_cast<std::size_t>(core)] = peak(seconds); });
    return std::accumulate(rates.begin(), rates.end(), 0.0);
}

class Bench {
  public:
    Bench(const mpi::Communicator& comm, const BenchPlan& plan, const ColumnTiles& columns,
          const BenchProgress& progress)
        : comm_(comm),
          plan_(plan),
          columns_(columns),
          space_(comm, plan.space, columns, columns),
          progress_(progress) {}

    BenchResult run() {
        result_.kernels = check_kernels(best_kernels());
        result_.traffic = space_.traffic();
        result_.columns = columns_.tiling().columns();
        result_.ranks = comm_.size();
        result_.teams = space_.evaluation().teams();
        evaluations();
        steps();
        reductions();
        return std::move(result_);
    }

  private:
    /// The number of rounds: a warm-up, `repeat` evaluations, the start, the iterations, and one that reads
    /// the result.
    [[nodiscard]] Index rounds() const { return 3 + 2 * plan_.repeat + plan_.space.history; }
    [[nodiscard]] int threads() const { return plan_.space.threads; }

    /// Collective: rank 0 does `work` while the others serve.
    template <class Work>
    Round round(bool with_peak, Work work) {
        space_.times() = {};
        std::ranges::fill(space_.evaluation().times(), PhaseTimes{});
        Round round;
        comm_.barrier();
        if (comm_.is_root()) {
            const StopGuard guard(space_);
            const auto start = Clock::now();
            work();
            round.seconds = seconds_since(start);
        } else {
            space_.serve();
        }
        RankTimes own{space_.times(), 0};
        if (with_peak) {
            comm_.barrier();
            own.peak = register_rate(plan_.space.evaluation.precision, threads());
        }
        round.ranks = comm_.all_gather_value(own);
        round.cores = times_of_cores();
        if (comm_.is_root()) progress_(++done_, rounds());
        return round;
    }

    /// Collective.
    std::vector<PhaseTimes> times_of_cores() {
        const std::span<const PhaseTimes> own = space_.evaluation().times();
        std::vector<PhaseTimes> cores;
        for (int thread = 0; thread < comm_.all_reduce_max(threads()); ++thread) {
            const bool there = thread < threads();
            const auto times =
                comm_.all_gather_value(there ? own[static_cast<std::size_t>(thread)] : PhaseTimes{});
            for (int rank = 0; rank < comm_.size(); ++rank)
                if (thread < space_.layout().cores(rank))
                    cores.push_back(times[static_cast<std::size_t>(rank)]);
        }
        return cores;
    }

    void evaluations() {
        round(true, [&] {
            space_.write(DistributedSpace::Vector::x, initial_theta(space_.shape(), plan_.seed));
            space_.start();
        });
        // As in a line search; the direction is still 0, so each trial is at the start.
        for (int repeat = 0; repeat < plan_.repeat; ++repeat)
            result_.evaluations.push_back(round(true, [&] { space_.try_step(1); }));
    }

    void steps() {
        LbfgsSettings settings;
        settings.history = plan_.space.history;
        settings.gradient_tolerance = 0;
        settings.max_iterations = settings.history + plan_.repeat;
        Lbfgs optimiser(settings, space_);
        round(false, [&] { optimiser.start(); });
        for (bool running = true; running;) {
            const bool full = space_.pairs() == settings.history;
            Round done = round(false, [&] { optimiser.step(); });
            if (full && space_.pairs() == settings.history) result_.steps.push_back(std::move(done));
            running = optimiser.status() == LbfgsStatus::running;
            comm_.broadcast_value(running);
        }
        round(false, [&] {
            std::vector<double> theta(static_cast<std::size_t>(space_.shape().size()));
            space_.read(DistributedSpace::Vector::x, theta);
            result_.sha256 = parameters_sha256(space_.shape(), theta);
        });
        result_.iterations = optimiser.state().iterations;
    }

    void reductions() {
        if (comm_.size() == 1) return;
        for (const Index words : {Index{1}, Index{4096}, space_.shape().size()}) {
            std::vector<std::int64_t> sums(static_cast<std::size_t>(words));
            std::vector<double> times;
            for (int repeat = 0; repeat < 21; ++repeat) {
                comm_.barrier();
                const auto start = Clock::now();
                comm_.all_reduce_sum(sums);
                times.push_back(seconds_since(start));
            }
            std::ranges::nth_element(times, times.begin() + 10);
            result_.reductions.push_back({words * static_cast<Index>(sizeof(std::int64_t)), times[10]});
        }
    }

    const mpi::Communicator& comm_;
    const BenchPlan& plan_;
    const ColumnTiles& columns_;
    DistributedSpace space_;
    const BenchProgress& progress_;
    BenchResult result_;
    Index done_ = 0;
};

}  // namespace

BenchResult run_bench(const mpi::Communicator& comm, const BenchPlan& plan, const ColumnTiles& columns,
                      const BenchProgress& progress) {
    return Bench(comm, plan, columns, progress).run();
}

}  // namespace sae
