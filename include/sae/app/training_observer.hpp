#pragma once
#include <string>

#include "sae/core/iteration_record.hpp"

namespace sae {

/// Receives the events of a training while it runs, on the rank that drives it.
class TrainingObserver {
  public:
    TrainingObserver() = default;
    TrainingObserver(const TrainingObserver&) = delete;
    TrainingObserver& operator=(const TrainingObserver&) = delete;
    virtual ~TrainingObserver() = default;

    /// The training is about to start; `images` says what the training images are.
    virtual void started(const std::string& images) = 0;
    /// A completed iteration.
    virtual void record(const IterationRecord& record) = 0;
    /// A remark for people.
    virtual void note(const std::string& text) = 0;
    /// A problem that does not end the training; shown even if quiet.
    virtual void warn(const std::string& text) = 0;
};

}  // namespace sae
