#pragma once
#include <functional>
#include <memory>
#include <span>

#include "sae/core/evaluation.hpp"
#include "sae/train/cluster.hpp"
#include "sae/train/host_columns.hpp"
#include "sae/train/line_search.hpp"
#include "sae/train/node_reduction.hpp"
#include "sae/train/partition.hpp"
#include "sae/train/slice.hpp"
#include "sae/train/step_times.hpp"

namespace sae {

/// A request to stop the run, which any rank may have.
enum class StopRequest : int { none = 0, save_and_requeue = 1, user_interrupt = 2 };

/// What a distributed objective is made of.
struct ObjectiveSettings {
    EvaluationSettings evaluation;  ///< its crew is not used
    Hyperparameters hyperparameters;
    int threads = 1;  ///< of this rank
    /// Called on every rank once an evaluation. If one rank has a request, all stop.
    std::function<StopRequest()> stop_request = [] { return StopRequest::none; };
    /// Called often on every rank during an evaluation, by the thread that calls MPI; must not throw.
    std::function<void()> between_tiles = [] {};
    Sharing sharing;
};

/// The bytes that one rank sends to other nodes in an evaluation. An all-reduce counts once, however MPI does
/// it.
struct Traffic {
    Index hidden_sums = 0;  ///< all-reduced: the sums of activations; 0 for the plain network
    Index cost = 0;         ///< all-reduced: the terms of the cost and the counts
    Index gradient = 0;     ///< each node sends each other node its runs of the gradient
    Index theta = 0;        ///< each node sends all other nodes its own runs of theta
    Index messages = 0;     ///< the number of messages for gradient and theta

    friend bool operator==(const Traffic&, const Traffic&) = default;
};

/// One thread's part of ||theta||^2, for weights and biases.
struct SquaredNorms {
    ExactSum weights;
    ExactSum biases;
};

/// Cost and gradient over the columns of all nodes. Each rank has its slice of theta and gets its slice of
/// the gradient; each node has the whole theta in shared memory, since its Evaluation needs all of it. All
/// sums over columns, nodes and blocks are exact, so no bit depends on the number of nodes, ranks or threads.
///
/// One evaluation:
///
///     theta is gathered from all nodes                         StepPhase::gather
///     each node evaluates its tiles; sums over nodes begin     StepPhase::evaluate
///     the sums of the gradient arrive from the other nodes     StepPhase::reduce
///     each rank computes its slice of the gradient             StepPhase::gradient
///     the terms of the cost are summed over all cores          StepPhase::sums
class DistributedObjective {
  public:
    /// Collective. Each rank passes the columns that it sees, `inputs` and `targets` (see HostColumns); the
    /// nodes that see the same tiles divide them. `cluster` is that of make_cluster(). All but `settings`
    /// must outlive this. Times are added to `times`.
    DistributedObjective(Cluster& cluster, const ObjectiveSettings& settings, const Partition& partition,
                         const ColumnTiles& inputs, const ColumnTiles& targets, StepTimes& times);

    /// Collective: the cluster for an objective. A node is the ranks of one host that see the same tiles and
    /// use the same kernels. `more_words` is the most that its owner calls collect() or broadcast() with.
    [[nodiscard]] static Cluster make_cluster(const mpi::Communicator& comm,
                                              const ObjectiveSettings& settings, const ColumnTiles& inputs,
                                              std::size_t more_words);

    /// Collective. Evaluates at `theta`, the ranks' slices, which are in shared_theta() too. `norms` are
    /// those of each thread at `theta`. `gradient` becomes this rank's slice of the gradient; the slope is
    /// the gradient's along `direction`. The gradient means nothing if the trial is interrupted or the cost
    /// is infinite. Throws Error if the ranks together did not cover all columns.
    Trial evaluate(const Slice& theta, std::span<const SquaredNorms> norms, const Slice& direction,
                   Slice& gradient);

    /// The whole theta in the memory of the node. Between two evaluations it may be used for other vectors.
    [[nodiscard]] std::span<double> shared_theta() const { return theta_; }

    /// Collective over the node: copies each rank's slice to its place in shared_theta(); returns when all
    /// have.
    void share_slice(const Slice& slice);

    /// What ended the last interrupted trial.
    [[nodiscard]] StopRequest stop_reason() const { return stop_reason_; }
    [[nodiscard]] Evaluation& evaluation() { return *evaluation_; }
    [[nodiscard]] Traffic traffic() const;

  private:
    struct Sums;

    void gather_theta();
    void finish_gradient(const Slice& theta, const Slice& direction, BlockRange range, Slice& gradient,
                         Sums& sums) const;
    void check_coverage(std::int64_t columns, std::int64_t elements) const;
    [[nodiscard]] Trial trial(const Sums& all, double sparsity);

    Cluster& cluster_;
    ObjectiveSettings settings_;
    const Partition& partition_;
    Tiling tiling_;
    ColumnTiles inputs_, targets_;  ///< the tiles of this node
    NodeReduction reduction_;
    std::span<double> theta_;  ///< shared_theta()
    std::unique_ptr<Evaluation> evaluation_;
    StopRequest stop_reason_ = StopRequest::none;
    StepTimes& times_;
};

}  // namespace sae
