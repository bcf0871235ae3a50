#pragma once
#include <vector>

#include "image_cache.hpp"
#include "sae/app/options.hpp"
#include "sae/mpi/communicator.hpp"
#include "sweep_line.hpp"
#include "sweep_result.hpp"
#include "sweep_settings.hpp"
#include "train_once.hpp"

namespace sae {

/// A group of ranks that trains one setting after the other.
class SweepGroup {
  public:
    /// Collective over `group`. All arguments must outlive it. `number` is the group's.
    SweepGroup(const mpi::Communicator& group, int number, const SweepOptions& options,
               const std::vector<SweepSetting>& settings, DataIdentity& data, SweepLine& line, int threads);

    /// Collective over the group: trains the settings that the line hands out until there are no more.
    void run();

  private:
    void train(const SweepSetting& setting);
    /// One start of a setting: whether it ended, finished or stopped.
    bool attempt(const SweepSetting& setting, const TrainOptions& options, Index retries);
    [[nodiscard]] TrainingSetup setup();

    const mpi::Communicator& group_;
    int number_;
    const SweepOptions& options_;
    const std::vector<SweepSetting>& settings_;
    DataIdentity& data_;
    SweepLine& line_;
    int threads_;
    NamedValues made_by_;  ///< for the reports of its settings
    ImageCache images_;
    GroupObserver observer_;
};

}  // namespace sae
