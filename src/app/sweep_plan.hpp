#pragma once
#include <vector>

#include "sae/app/sweep_options.hpp"
#include "sae/mpi/communicator.hpp"
#include "setting_identity.hpp"
#include "sweep_settings.hpp"

namespace sae {

/// What a start of the program is to do; the same on all ranks.
struct SweepPlan {
    std::vector<SweepSetting> settings;  ///< that this start is about
    std::vector<Index> todo;             ///< those without a result, the longest first
    Index pixels = 0;                    ///< of an image, where there is something to train
};

/// Collective: the plan that the options make. Unless they only ask for a list, rank 0 first sees that
/// nothing is in the way and all images are there, and, unless they only collect, makes the sweep's
/// directory. Throws Error or UsageError.
[[nodiscard]] SweepPlan make_sweep_plan(const mpi::Communicator& world, const SweepOptions& options,
                                        DataHashes& hashes);

}  // namespace sae
