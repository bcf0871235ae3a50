#include "sae/train/trainer.hpp"

#include <chrono>

namespace sae {

namespace {

using Clock = std::chrono::steady_clock;

IterationRecord record_of(const LbfgsStep& step, double seconds) {
    return {step.iteration, step.evaluations, step.point.terms, step.point.gradient_norm, step.step, seconds};
}

}  // namespace

TrainingOutcome run_training(DistributedSpace& space, const LbfgsSettings& settings,
                             const TrainingStart& start, const TrainingHooks& hooks) {
    Lbfgs optimiser(settings, space);
    TrainingOutcome outcome;
    auto before = Clock::now();
    const auto completed = [&](const LbfgsStep& step) {
        const auto now = Clock::now();
        hooks.on_iteration(record_of(step, std::chrono::duration<double>(now - before).count()), step);
        before = now;
        hooks.on_checkpoint(optimiser, space, false);
    };
    if (start.state) {
        outcome.last = optimiser.resume(*start.state);
    } else {
        space.write(DistributedSpace::Vector::x, start.theta);
        outcome.last = optimiser.start();
        if (outcome.last.status == LbfgsStatus::interrupted) return outcome;
        completed(outcome.last);
    }
    while (outcome.last.status == LbfgsStatus::running) {
        outcome.last = optimiser.step();
        if (outcome.last.status != LbfgsStatus::interrupted) completed(outcome.last);
    }
    if (outcome.last.status == LbfgsStatus::interrupted) hooks.on_checkpoint(optimiser, space, true);
    outcome.theta.resize(static_cast<std::size_t>(space.shape().size()));
    space.read(DistributedSpace::Vector::x, outcome.theta);
    return outcome;
}

}  // namespace sae
