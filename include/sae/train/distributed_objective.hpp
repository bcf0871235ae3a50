#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/line_search.hpp"
#include "sae/train/mpi_combine.hpp"
#include "sae/train/partition.hpp"
#include "sae/train/slice.hpp"
#include "sae/train/step_times.hpp"

namespace sae {

/// Why a run should stop, as some rank saw it.
enum class StopRequest : int { none = 0, save_and_requeue = 1, user_interrupt = 2 };

/// What a distributed objective is made of.
struct ObjectiveSettings {
    EvaluationSettings evaluation;
    Hyperparameters hyperparameters;
    /// Asked once an evaluation on every rank; what any rank answers, all take.
    std::function<StopRequest()> stop_request = [] { return StopRequest::none; };
    /// Called on every rank between the tiles of an evaluation, by the thread that calls MPI; must not throw.
    std::function<void()> between_tiles = [] {};
    /// Whether ranks that are all on one node share what is made of theta; no bit depends on it.
    bool share_memory = true;
};

/// The bytes of one rank's messages in an evaluation over more than one rank, before any algorithm multiplies
/// them.
struct Traffic {
    Index hidden_sums = 0;  ///< all-reduced; 0 for the plain network
    Index gradient = 0;     ///< exchanged: each rank sends the other ranks theirs; 0 in shared memory
    Index theta = 0;        ///< gathered; 0 in shared memory
    Index cost = 0;         ///< all-reduced
};

/// A rank's parts of the squared norms at a point.
struct SquaredNorms {
    ExactSum weights;
    ExactSum biases;
};

/// Cost and gradient over the columns of all ranks, each rank holding its slice of theta and of the gradient.
/// All sums over tiles, ranks and blocks are exact: no bit of cost or gradient depends on the number of ranks
/// or threads.
class DistributedObjective {
  public:
    /// Collective. Each rank passes its own columns; all but `settings` must outlive this. Time is added to
    /// `times`.
    DistributedObjective(const mpi::Communicator& comm, const ObjectiveSettings& settings,
                         const Partition& partition, const ColumnTiles& x, const ColumnTiles& y,
                         StepTimes& times);

    /// Collective. Evaluates at the ranks' slices `at`; `gradient` takes the gradient's slice, and the slope
    /// is taken along `direction`. If interrupted, or where the cost is infinite, the gradient is not of use.
    Trial evaluate(const Slice& at, const SquaredNorms& norms, const Slice& direction, Slice& gradient);

    /// What ended the last interrupted trial.
    [[nodiscard]] StopRequest stop_reason() const { return stop_reason_; }
    [[nodiscard]] Evaluation& evaluation() { return *evaluation_; }
    [[nodiscard]] Traffic traffic() const;

  private:
    void gather_theta(const Slice& at);
    void put_theta(const Slice& at);
    void finish_gradient(const Slice& at, Slice& gradient) const;

    const mpi::Communicator& comm_;
    ObjectiveSettings settings_;
    const Partition& partition_;
    Index columns_;
    std::unique_ptr<Evaluation> evaluation_;
    MpiCombine combine_;
    std::span<double> theta_;  ///< whole; of the team
    StopRequest stop_reason_ = StopRequest::none;
    StepTimes& times_;
};

}  // namespace sae
