#pragma once
#include <functional>
#include <string>
#include <vector>

#include "image_cache.hpp"
#include "sae/app/options.hpp"
#include "sae/app/training_observer.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/report/run_report.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {

/// What a training needs apart from its options and images.
struct TrainingSetup {
    int threads = 1;                    ///< of each rank
    std::vector<std::string> warnings;  ///< on rank 0: shown to the user before the first iteration
    /// Called on every rank once an evaluation; a request of any rank stops all.
    std::function<StopRequest()> stop_request;
    /// Called on every rank between tiles, often.
    std::function<void()> between_tiles = [] {};
    TrainingObserver* observer = nullptr;  ///< on rank 0
    NamedValues made_by;                   ///< on rank 0: for the report
};

/// How a training ended; all but `stopped` is known on rank 0 only.
struct TrainedRun {
    StopRequest stopped = StopRequest::none;  ///< if asked to stop: the run is saved, the rest here is empty
    LbfgsStep last;
    RunReport report;
    double checkpoint_seconds = 0;  ///< for the checkpoints of this start
};

/// Collective: one training, from the options to the whole run directory, on the ranks of `comm`. The images
/// must be of the options' source and test count.
[[nodiscard]] TrainedRun train_once(const mpi::Communicator& comm, const TrainOptions& options,
                                    ImageCache& cache, const TrainingSetup& setup);

}  // namespace sae
