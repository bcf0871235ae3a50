#include "sae/train/checkpoint_schedule.hpp"

namespace sae {

bool CheckpointSchedule::due(Index iteration, double now) const {
    if (every_) return iteration > 0 && iteration % *every_ == 0;
    const double next = count_ > 0 ? spent_ / static_cast<double>(count_) : guess_;
    return now - last_end_ >= shortest_pause && spent_ + 2 * next <= budget * now;
}

void CheckpointSchedule::record(double begin, double end) {
    spent_ += end - begin;
    last_end_ = end;
    ++count_;
}

}  // namespace sae
