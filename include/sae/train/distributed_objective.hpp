#pragma once
#include <functional>
#include <memory>
#include <span>

#include "sae/core/evaluation.hpp"
#include "sae/train/cluster.hpp"
#include "sae/train/host_columns.hpp"
#include "sae/train/line_search.hpp"
#include "sae/train/node_combine.hpp"
#include "sae/train/partition.hpp"
#include "sae/train/slice.hpp"
#include "sae/train/step_times.hpp"

namespace sae {

/// Why a run should stop, as some rank saw it.
enum class StopRequest : int { none = 0, save_and_requeue = 1, user_interrupt = 2 };

/// What a distributed objective is made of.
struct ObjectiveSettings {
    EvaluationSettings evaluation;  ///< of which the crew is not used
    Hyperparameters hyperparameters;
    int threads = 1;  ///< of this rank
    /// Asked once an evaluation on every rank; what any rank answers, all take.
    std::function<StopRequest()> stop_request = [] { return StopRequest::none; };
    /// Called on every rank between the parts of an evaluation, by the thread that calls MPI; must not throw.
    std::function<void()> between_tiles = [] {};
    /// Which ranks work as one node.
    Sharing sharing;
};

/// What one rank sends to ranks of other nodes in an evaluation: bytes, and messages where each is sent once.
/// An all-reduce counts its bytes once; what MPI makes of it depends on the number of nodes alone.
struct Traffic {
    Index hidden_sums = 0;  ///< all-reduced; 0 for the plain network
    Index cost = 0;         ///< all-reduced
    Index gradient = 0;     ///< exchanged: each node sends the other nodes theirs
    Index theta = 0;        ///< gathered: each node sends all others its run
    Index messages = 0;     ///< of gradient and theta

    friend bool operator==(const Traffic&, const Traffic&) = default;
};

/// The parts of one thread in the squared norms at a point.
struct SquaredNorms {
    ExactSum weights;
    ExactSum biases;
};

/// Cost and gradient over the columns of all nodes, each rank holding its slice of theta and of the gradient.
/// All sums over columns, nodes and blocks are exact: no bit of cost or gradient depends on the number of
/// nodes, ranks or threads.
class DistributedObjective {
  public:
    /// Collective. Each rank passes the columns that it sees, see HostColumns; ranks of one host that see the
    /// same run of tiles share the work on it. All but `settings` must outlive this. Time is added to
    /// `times`.
    DistributedObjective(Cluster& cluster, const ObjectiveSettings& settings, const Partition& partition,
                         const ColumnTiles& x, const ColumnTiles& y, StepTimes& times);

    /// The cluster for an objective; `more_words` is the most that its owner calls collect() or broadcast()
    /// with.
    [[nodiscard]] static Cluster make_cluster(const mpi::Communicator& comm,
                                              const ObjectiveSettings& settings, const ColumnTiles& x,
                                              std::size_t more_words);

    /// Collective. Evaluates at the ranks' slices `at`, which each rank has put into whole() too, `norms` having
    /// those of each thread; `gradient` takes the gradient's slice, and the slope is taken along `direction`.
    /// If interrupted, or where the cost is infinite, the gradient is not of use. Throws an Error if the ranks
    /// together did not cover all columns.
    Trial evaluate(const Slice& at, std::span<const SquaredNorms> norms, const Slice& direction,
                   Slice& gradient);

    /// Theta as all ranks of the node see it; free for other use between two evaluations.
    [[nodiscard]] std::span<double> whole() const { return theta_; }

    /// Collective over the node: puts each rank's slice into whole(), and returns when all have.
    void put(const Slice& from);

    /// What ended the last interrupted trial.
    [[nodiscard]] StopRequest stop_reason() const { return stop_reason_; }
    [[nodiscard]] Evaluation& evaluation() { return *evaluation_; }
    [[nodiscard]] Traffic traffic() const;

  private:
    struct Sums;

    void gather_theta();
    void finish_gradient(const Slice& at, const Slice& direction, BlockRange range, Slice& gradient,
                         Sums& sums) const;
    void check_coverage(std::int64_t columns, std::int64_t elements) const;
    [[nodiscard]] Trial trial(const Sums& all, double sparsity);

    Cluster& cluster_;
    ObjectiveSettings settings_;
    const Partition& partition_;
    Tiling tiling_;
    ColumnTiles x_, y_;  ///< the tiles of this node
    NodeCombine combine_;
    std::span<double> theta_;  ///< whole; of the node
    std::unique_ptr<Evaluation> evaluation_;
    StopRequest stop_reason_ = StopRequest::none;
    StepTimes& times_;
};

}  // namespace sae
