#pragma once
#include <span>
#include <vector>

#include "sae/train/distributed_objective.hpp"
#include "sae/train/history.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {

/// What a distributed space is made of.
struct SpaceSettings : ObjectiveSettings {
    int history = 10;
};

/// The settings for a network, with `threads` threads of this rank; the rest has its defaults.
[[nodiscard]] SpaceSettings space_settings(const Shape& shape, const Hyperparameters& hyperparameters,
                                           Precision precision, int history, int threads);

/// The vectors of L-BFGS, of which each rank has its slice, and the objective over the columns of all ranks.
///
/// Rank 0 drives: it calls the verbs below. A verb on rank 0 first sends a command; the other ranks, in
/// serve(), receive it and call the same verb, so that all ranks run the same code. All sums over columns,
/// nodes and blocks are exact, so the scalars that rank 0 sees and every bit of the vectors do not depend on
/// the number of nodes, ranks or threads.
class DistributedSpace final : public LbfgsSpace {
  public:
    /// Collective. Each rank passes the columns that it sees, `inputs` and `targets`: see
    /// DistributedObjective. They and `comm` must outlive this.
    DistributedSpace(const mpi::Communicator& comm, const SpaceSettings& settings, const ColumnTiles& inputs,
                     const ColumnTiles& targets);

    /// On the ranks but 0: carries out rank 0's commands until it calls stop().
    void serve();

    // The verbs, which rank 0 calls while the others serve. Only on rank 0 do their results mean anything.

    /// Ends serve() on the others; no verb may follow.
    void stop();
    Trial start() override;
    Trial try_step(double t) override;
    PairDots accept() override;
    void drop_pair() override;
    void forget() override;
    double set_direction(const Coefficients& coefficients) override;

    // The following move whole vectors, as long as theta, for starts and checkpoints.

    enum class Vector : int { x, gradient };

    /// Gathers a vector on rank 0.
    void read(Vector vector, std::span<double> whole);
    /// Scatters a vector of rank 0 to the ranks.
    void write(Vector vector, std::span<const double> whole);
    /// Gathers a pair of the history; 0 is the oldest. Call it between steps: it overwrites the last trial.
    void read_pair(int pair, std::span<double> s, std::span<double> y);
    /// Scatters a pair, which becomes the newest of the history.
    void append_pair(std::span<const double> s, std::span<const double> y);

    /// What ended the last interrupted trial.
    [[nodiscard]] StopRequest stop_reason() const { return objective_.stop_reason(); }

    // On every rank:

    [[nodiscard]] const Shape& shape() const { return shape_; }
    [[nodiscard]] int pairs() const { return history_.size(); }
    [[nodiscard]] const mpi::NodeLayout& layout() const { return cluster_.layout(); }
    [[nodiscard]] Evaluation& evaluation() { return objective_.evaluation(); }
    [[nodiscard]] Traffic traffic() const { return objective_.traffic(); }
    /// The seconds of this rank, by phase, since the caller last reset them.
    [[nodiscard]] StepTimes& times() { return times_; }

  private:
    enum class Verb : int {
        stop,
        start,
        try_step,
        accept,
        drop_pair,
        forget,
        set_direction,
        read,
        write,
        read_pair,
        append_pair
    };
    /// What the other ranks must know to call the verb that rank 0 called.
    struct Command {
        Verb verb = Verb::stop;
        double t = 0;                    ///< of try_step
        Vector vector = Vector::x;       ///< of read and write
        int pair = 0;                    ///< of read_pair
        Coefficients coefficients = {};  ///< of set_direction
    };

    void send(const Command& command);
    [[nodiscard]] Command receive();
    void carry_out(const Command& command);
    [[nodiscard]] std::size_t command_words() const;

    void move(double t, BlockRange range, SquaredNorms& norms);
    void on_each_thread(const std::function<void(int thread, BlockRange range)>& work);
    void sum_over_cores(std::span<ExactSum> totals, StepPhase phase,
                        const std::function<void(BlockRange range, std::span<ExactSum> sums)>& work);
    void gather(const Slice& from, std::span<double> whole);
    void scatter(std::span<const double> whole, Slice& to);
    [[nodiscard]] Slice& slice(Vector vector) { return vector == Vector::gradient ? gradient_ : x_; }
    [[nodiscard]] bool drives() const { return cluster_.rank() == 0; }

    Shape shape_;
    Cluster cluster_;
    Partition partition_;
    Index length_;  ///< of this rank's slice
    StepTimes times_;
    DistributedObjective objective_;
    Slice x_, gradient_, direction_, trial_x_, trial_gradient_;
    History history_;
};

/// On rank 0: calls stop() at the end of its scope, unless an exception leaves it.
class StopGuard {
  public:
    explicit StopGuard(DistributedSpace& space) : space_(space), exceptions_(std::uncaught_exceptions()) {}
    ~StopGuard();
    StopGuard(const StopGuard&) = delete;
    StopGuard& operator=(const StopGuard&) = delete;

  private:
    DistributedSpace& space_;
    int exceptions_;
};

}  // namespace sae
