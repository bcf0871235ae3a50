#pragma once
#include <span>

#include "sae/train/distributed_objective.hpp"
#include "sae/train/history.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {

/// What a distributed space is made of.
struct SpaceSettings : ObjectiveSettings {
    int history = 10;
};

/// The vectors of L-BFGS, each rank holding its slice, and the objective over all ranks' columns. Rank 0
/// drives: each verb of LbfgsSpace broadcasts a command which the other ranks, in serve(), carry out with it.
/// All sums over tiles, ranks and blocks are exact, so the scalars that rank 0 sees, and every bit of the
/// vectors, do not depend on the number of ranks or threads.
class DistributedSpace final : public LbfgsSpace {
  public:
    /// Collective. Each rank passes its own columns; `comm`, `x` and `y` must outlive this.
    DistributedSpace(const mpi::Communicator& comm, const SpaceSettings& settings, const ColumnTiles& x,
                     const ColumnTiles& y);

    /// On the ranks but 0: carries out rank 0's commands until it says stop().
    void serve();

    /// On rank 0: ends serve() on the others. What is done after it must not be a verb.
    void stop();

    // What follows is for rank 0 while the others serve.

    Trial start() override;
    Trial try_step(double t) override;
    PairDots accept() override;
    void drop_pair() override;
    void forget() override;
    double set_direction(const Coefficients& coefficients) override;

    /// The vectors that can be read and set as a whole.
    enum class Vector : int { x, gradient, pair_s, pair_y };

    /// Collects a vector of theta's length on rank 0; `pair` counts from the oldest one. Between steps: to
    /// read a pair takes the place of the last trial.
    void read(Vector vector, int pair, std::span<double> whole);
    /// Spreads a vector to the ranks: x or the gradient.
    void write(Vector vector, std::span<const double> whole);
    /// Spreads a pair, as the newest of the history.
    void append_pair(std::span<const double> s, std::span<const double> y);

    /// What ended the last interrupted trial.
    [[nodiscard]] StopRequest stop_reason() const { return objective_.stop_reason(); }

    // On every rank:

    [[nodiscard]] const Shape& shape() const { return shape_; }
    [[nodiscard]] int pairs() const { return history_.size(); }
    [[nodiscard]] Evaluation& evaluation() { return objective_.evaluation(); }
    [[nodiscard]] Traffic traffic() const { return objective_.traffic(); }
    /// Where this rank's time went since the last reset.
    [[nodiscard]] StepTimes& times() { return times_; }

  private:
    enum class Verb : int {
        start,
        try_step,
        accept,
        drop_pair,
        forget,
        direction,
        read,
        write,
        append,
        stop
    };
    struct Command {
        Verb verb = Verb::stop;
        double number = 0;  ///< t, or the coefficient of g
        int vector = 0;
        int pair = 0;
    };

    void send(Command command);
    [[nodiscard]] Command receive();
    void obey(const Command& command);
    Trial do_start();
    Trial do_try(double t);
    PairDots do_accept();
    double do_direction(Coefficients coefficients);
    void do_read(Vector vector, int pair, std::span<double> whole);
    void do_write(Slice& to, std::span<const double> whole);
    void do_append(std::span<const double> s, std::span<const double> y);
    [[nodiscard]] Slice& slice(Vector vector);

    const mpi::Communicator& comm_;
    Shape shape_;
    int threads_;
    Partition partition_;
    StepTimes times_;
    DistributedObjective objective_;
    Slice x_, gradient_, direction_, trial_x_, trial_gradient_;
    History history_;
};

/// Ends the workers' serve() however rank 0 leaves its scope in order.
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
