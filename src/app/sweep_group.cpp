#include "sweep_group.hpp"

#include <algorithm>

#include "made_by.hpp"
#include "sae/mpi/agreement.hpp"
#include "sweep_result.hpp"

namespace sae {
namespace {

SweepRow row_of(const SweepSetting& setting, const TrainedRun& run, Index retries) {
    const RunReport& report = run.report;
    SweepRow row = no_result(setting).row;
    row.status = run.last.status;
    row.iterations = run.last.iteration;
    row.evaluations = run.last.evaluations;
    row.retries = retries;
    row.cost = run.last.point.terms;
    row.train_error = report.train_error;
    row.test_error = report.test_error;
    row.mean_activations = report.mean_activations;
    row.seconds = report.seconds;
    row.model_sha256 = report.model_sha256;
    return row;
}

}  // namespace

SweepGroup::SweepGroup(const mpi::Communicator& group, int number, const SweepOptions& options,
                       const std::vector<SweepSetting>& settings, DataIdentity& data, SweepLine& line,
                       int threads)
    : group_(group),
      number_(number),
      options_(options),
      settings_(settings),
      data_(data),
      line_(line),
      threads_(threads),
      made_by_(made_by(group, threads)),
      images_(group, options, threads),
      observer_(line, number) {}

void SweepGroup::run() {
    constexpr Index nothing = -1;
    for (;;) {
        Index index = group_.is_root() ? line_.take().value_or(nothing) : nothing;
        group_.broadcast_value(index);
        if (index == nothing) return;
        const SweepSetting& setting = settings_[static_cast<std::size_t>(index)];
        try {
            train(setting);
        } catch (const mpi::AgreedError& error) {
            throw mpi::AgreedError({error.status(), name_of(setting) + ": " + error.what()}, error.ranks());
        }
    }
}

void SweepGroup::train(const SweepSetting& setting) {
    TrainOptions options = train_options(options_, setting);
    const std::uint64_t first_seed = options.seed;
    Index retries = mpi::agreed(group_, [&]() -> Index {
        if (!group_.is_root() || !options.resume) return 0;
        return std::min(failed_starts(options.output, first_seed), options_.retries);
    });
    group_.broadcast_value(retries);
    for (;;) {
        options.seed = first_seed + static_cast<std::uint64_t>(retries);
        if (attempt(setting, options, retries)) return;
        ++retries;
        mpi::agreed(group_, [&] {
            if (group_.is_root()) write_failed_starts(options.output, first_seed, retries);
        });
        options.resume = false;
        options.overwrite = true;
    }
}

bool SweepGroup::attempt(const SweepSetting& setting, const TrainOptions& options, Index retries) {
    const TrainedRun run = train_once(group_, options, images_, setup());
    if (run.stopped != StopRequest::none) {
        if (group_.is_root()) line_.tell({number_, run.stopped});
        return true;
    }
    bool again = group_.is_root() && retries < options_.retries &&
                 failed_early(run.last.status, run.last.iteration, options.optimiser.max_iterations);
    group_.broadcast_value(again);
    if (again) {
        if (group_.is_root())
            observer_.note("the line search failed after " + std::to_string(run.last.iteration) +
                           " iterations: once more with --seed " + std::to_string(options.seed + 1));
        return false;
    }
    const ImageCache::Set& training = images_.training(options.train_count);
    const ImageCache::Set* test = images_.test();
    mpi::agreed(group_, [&] {
        if (!group_.is_root()) return;
        data_.know(training.identity, test ? &test->identity : nullptr);
        keep_result(setting, run, retries);
    });
    return true;
}

void SweepGroup::keep_result(const SweepSetting& setting, const TrainedRun& run, Index retries) {
    const TrainOptions first = train_options(options_, setting);
    SettingResult result{row_of(setting, run, retries), first.seed + static_cast<std::uint64_t>(retries),
                         data_.result_identity(first)};
    write_result(first.output, result);
    line_.tell({number_, SettingOutcome{run.last.status, run.last.iteration, retries, run.last.point.cost,
                                        result.row.seconds}});
}

TrainingSetup SweepGroup::setup() {
    TrainingSetup setup;
    setup.threads = threads_;
    setup.stop_request = [this] { return line_.check(); };
    setup.between_tiles = [this] { line_.serve_in_passing(); };
    setup.observer = &observer_;
    setup.made_by = made_by_;
    return setup;
}

}  // namespace sae
