#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sae/core/kernel_check.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {

/// The times of one rank in a round.
struct RankTimes {
    StepTimes step;
    double peak = 0;  ///< multiply-adds on registers, all its threads: floating-point operations a second
};

/// A timed piece of work: an evaluation or an iteration of L-BFGS.
struct Round {
    double seconds = 0;             ///< on rank 0, from the command to the result
    std::vector<RankTimes> ranks;   ///< by rank
    std::vector<PhaseTimes> cores;  ///< times in the evaluation, of each thread of each rank
};

/// The time of an all-reduce, the median of several.
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
    std::size_t teams = 1;                  ///< of cores on the node of rank 0: see Evaluation
    std::vector<Round> evaluations;         ///< `repeat` of them, after a warm-up
    std::vector<Round> steps;               ///< iterations with a full history, `repeat` unless L-BFGS ended
    std::vector<ReductionTime> reductions;  ///< none on one rank
    std::string sha256;                     ///< of the parameters after the last iteration
    Index iterations = 0;
};

/// Called on rank 0 with the number of rounds that are done and the number of all rounds.
using BenchProgress = std::function<void(Index done, Index all)>;

/// Collective: times evaluations at the start, then iterations of L-BFGS as in a training. After each
/// evaluation it measures the peak rate of the registers on all threads of all ranks at the same time,
/// because clocks are lower when all cores work.
[[nodiscard]] BenchResult run_bench(const mpi::Communicator& comm, const BenchPlan& plan,
                                    const ColumnTiles& columns, const BenchProgress& progress);

}  // namespace sae
