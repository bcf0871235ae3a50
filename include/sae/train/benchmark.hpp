#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sae/core/kernel_check.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {

/// One rank's part of a measured piece of work.
struct RankTimes {
    StepTimes step;
    double peak = 0;  ///< of its threads together, floating-point operations a second
};

/// A piece of work that was timed: an evaluation, or an iteration of L-BFGS.
struct Round {
    double seconds = 0;             ///< on rank 0, from the command to the result
    std::vector<RankTimes> ranks;   ///< by rank
    std::vector<PhaseTimes> cores;  ///< of the evaluation: of each thread of each rank
};

/// An all-reduce of this length took this long, the median of some.
struct ReductionTime {
    Index bytes = 0;
    double seconds = 0;
};

/// What is measured.
struct BenchPlan {
    SpaceSettings space;
    std::uint64_t seed = 0;
    int repeat = 5;  ///< evaluations, and iterations with a full history, >= 1
};

/// What was measured; on rank 0.
struct BenchResult {
    KernelCheck kernels;  ///< of rank 0
    Traffic traffic;
    Index columns = 0;  ///< of all ranks
    int ranks = 1;
    std::vector<Round> evaluations;         ///< `repeat` of them, after a warm-up
    std::vector<Round> steps;               ///< iterations with a full history, `repeat` unless L-BFGS ended
    std::vector<ReductionTime> reductions;  ///< none on one rank
    std::string sha256;                     ///< of the parameters after the last iteration
    Index iterations = 0;
};

/// Called on rank 0 with the pieces of work that are done and the number of all.
using BenchProgress = std::function<void(Index done, Index all)>;

/// Collective: evaluations at the start, each followed by the registers' rate on all threads of all ranks at
/// once, because clocks fall when all cores work; then iterations of L-BFGS, as a training does them.
[[nodiscard]] BenchResult run_bench(const mpi::Communicator& comm, const BenchPlan& plan,
                                    const ColumnTiles& columns, const BenchProgress& progress);

}  // namespace sae
