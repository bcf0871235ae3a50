#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sae/core/initialise.hpp"
#include "sae/train/checkpoint.hpp"
#include "sae/train/trainer.hpp"

namespace sae::test {

/// A small training on any group of ranks: 2,000 columns of 90 pseudo-random bytes in several tiles, 50 hidden
/// units, so that each segment of theta has several blocks and a history of 4 wraps around soon.
class SmallTraining {
  public:
    explicit SmallTraining(
        const mpi::Communicator& comm, Precision precision = Precision::double_precision,
        const std::function<StopRequest()>& stop_request = [] { return StopRequest::none; },
        const Sharing& sharing = {}, int threads = 1)
        : comm_(comm),
          columns_(columns_of(comm, sharing, threads)),
          space_(comm, space_settings(precision, stop_request, sharing, threads), columns_.tiles(),
                 columns_.tiles()) {}

    static Shape shape() { return {90, 50, 90}; }

    static SpaceSettings space_settings(Precision precision, const std::function<StopRequest()>& stop_request,
                                        const Sharing& sharing, int threads) {
        SpaceSettings settings;
        settings.evaluation.precision = precision;
        settings.evaluation.shape = shape();
        settings.hyperparameters = {1e-3, 0.1, 3};
        settings.history = 4;
        settings.stop_request = stop_request;
        settings.sharing = sharing;
        settings.threads = threads;
        return settings;
    }

    static LbfgsSettings settings(Index max_iterations = 12) {
        LbfgsSettings settings;
        settings.history = 4;
        settings.gradient_tolerance = 0;
        settings.max_iterations = max_iterations;
        return settings;
    }

    static Metadata identity() { return {{"hidden", "50"}, {"history", "4"}, {"lambda", "0.001"}}; }

    static RunDescription description(Index max_iterations = 12) {
        return {shape(), 4, max_iterations, identity()};
    }

    /// Collective: rank 0 does `work` while the others serve.
    void on_root(const std::function<void(DistributedSpace&)>& work) {
        if (!comm_.is_root()) return space_.serve();
        const StopGuard guard(space_);
        work(space_);
    }

    /// On rank 0, in on_root(): trains from the start, or from where `resume` says.
    TrainingOutcome train(const LbfgsSettings& settings, const ResumePoint* resume,
                          const std::function<void(const Lbfgs&, DistributedSpace&, bool)>& on_checkpoint) {
        TrainingHooks hooks;
        hooks.on_iteration = [this](const IterationRecord& record, const LbfgsStep& step) {
            iterations.push_back(record.iteration);
            if (step.restarted) ++restarts;
        };
        hooks.on_checkpoint = on_checkpoint;
        const std::vector<double> theta = initial_theta(shape(), 1);
        if (resume) resume->checkpoint.restore(space_);
        return run_training(space_, settings,
                            {theta, resume ? std::optional(resume->state) : std::optional<LbfgsState>()},
                            hooks);
    }

    std::vector<Index> iterations;  ///< those that were reported
    int restarts = 0;               ///< iterations whose line search failed

  private:
    static HostColumns columns_of(const mpi::Communicator& comm, const Sharing& sharing, int threads) {
        HostColumns columns(comm, shape().inputs, Tiling(2000), threads, sharing);
        const ColumnRun own = columns.runs()[static_cast<std::size_t>(comm.rank())];
        std::vector<std::uint8_t> column(static_cast<std::size_t>(shape().inputs));
        for (Index c = own.first; c < own.last; ++c) {
            auto state = static_cast<std::uint32_t>(c) * 2654435761U + 1;
            for (std::uint8_t& byte : column) {
                state = state * 1664525U + 1013904223U;
                byte = static_cast<std::uint8_t>(state >> 24);
            }
            columns.tiles().put(c, column);
        }
        comm.barrier();
        return columns;
    }

    const mpi::Communicator& comm_;
    HostColumns columns_;
    DistributedSpace space_;
};

/// Collective over `world`: `work` on a communicator of its first `ranks` ranks; the others wait.
inline void on_first_ranks(const mpi::Communicator& world, int ranks,
                           const std::function<void(const mpi::Communicator&)>& work) {
    const bool member = world.rank() < ranks;
    const mpi::Communicator group = world.split(member ? 0 : 1, world.rank());
    if (member) work(group);
    world.barrier();
}

}  // namespace sae::test
