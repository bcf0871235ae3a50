#include "sae/train/checkpointer.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "sae/core/error.hpp"

namespace sae {
namespace {

/// A guess, before the first checkpoint is written: the seconds that `bytes` take on an ordinary disk at
/// worst.
double guess_cost(Index bytes) {
    constexpr double bytes_per_second = 400e6;
    constexpr double latency = 0.01;
    return latency + static_cast<double>(bytes) / bytes_per_second;
}

}  // namespace

Checkpointer::Checkpointer(CheckpointerSettings settings, std::optional<Index> saved, FileSystem& file_system)
    : settings_(std::move(settings)), file_system_(file_system), saved_(saved) {
    remove_leftovers(settings_.directory, file_system_);
}

double Checkpointer::elapsed() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Checkpointer::operator()(const Lbfgs& optimiser, DistributedSpace& space, bool now) {
    const LbfgsState& state = optimiser.state();
    if (!schedule_) {
        // The history is full by the time the first checkpoint is due.
        schedule_.emplace(settings_.every,
                          guess_cost(checkpoint_bytes(state.gram.capacity(), space.shape())));
    }
    const double begin = elapsed();
    const bool ended = optimiser.status() != LbfgsStatus::running;
    if (saved_ == state.iterations || !(now || ended || schedule_->due(state.iterations, begin))) return;
    try {
        save(state, space);
    } catch (const Error& error) {
        if (now) throw;
        settings_.warn(std::string(error.what()) + "; the run continues");
    }
    schedule_->record(begin, elapsed());
}

void Checkpointer::save(const LbfgsState& state, DistributedSpace& space) {
    settings_.before_save();
    save_checkpoint(checkpoint_path(settings_.directory, state.iterations), state, space, settings_.identity,
                    file_system_);
    saved_ = state.iterations;
    // A checkpoint of a later iteration is one that was found damaged; it would count among the newest.
    for (const CheckpointEntry& entry : list_checkpoints(settings_.directory)) {
        if (entry.iteration > state.iterations) remove_checkpoint(entry, file_system_);
    }
    keep_newest(settings_.directory, kept, file_system_);
}

}  // namespace sae
