#pragma once
#include <optional>

#include "sae/core/shape.hpp"

namespace sae {

/// When to save. All times are seconds on one clock that starts with the training.
class CheckpointSchedule {
  public:
    /// The share of a run's time that checkpoints by time may cost, the next one and the one at the end
    /// included.
    static constexpr double budget = 0.008;
    /// The shortest time between the end of a checkpoint by time and the next one.
    static constexpr double shortest_pause = 2;

    /// After every `every` iterations (>= 1), or, if it is not given, as often as the budget allows. `guess`
    /// is what the first checkpoint may cost in seconds; later ones are assumed to cost the mean of those
    /// before.
    CheckpointSchedule(std::optional<Index> every, double guess) : every_(every), guess_(guess) {}

    /// Whether to save after `iteration`, completed at `now`.
    [[nodiscard]] bool due(Index iteration, double now) const;

    /// A checkpoint was written from `begin` to `end`, or failed to be.
    void record(double begin, double end);

    /// Seconds that the checkpoints took so far.
    [[nodiscard]] double spent() const { return spent_; }

  private:
    std::optional<Index> every_;
    double guess_;
    double spent_ = 0;
    double last_end_ = 0;
    Index count_ = 0;
};

}  // namespace sae
