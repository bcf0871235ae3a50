#include "sweep_group.hpp"

#include <algorithm>

#include "made_by.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/report/words.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "sweep_result.hpp"

namespace sae {
namespace {

SweepRow row_of(const SweepSetting& setting, const TrainedRun& run, Index retries) {
    SweepRow row = no_result(setting).row;
    static_cast<RunFigures&>(row) = run.report;
    row.status = run.last.status;
    row.iterations = run.last.iteration;
    row.retries = retries;
    row.cost = run.last.point.terms;
    return row;
}

/// How a setting ended, for the progress.
std::string outcome_of(const SweepRow& row) {
    return std::string(name(row.status)) + " after " + std::to_string(row.iterations) + " iterations, cost " +
           formatted("%.6g", row.cost.total()) + ", " + duration_text(row.seconds) +
           (row.retries > 0 ? ", retries " + std::to_string(row.retries) : "");
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
    Index retries = 0;
    mpi::agreed_on_root(group_, [&] {
        if (options.resume) retries = std::min(failed_starts(options.output, first_seed), options_.retries);
    });
    group_.broadcast_value(retries);
    for (;; ++retries) {
        options.seed = first_seed + static_cast<std::uint64_t>(retries);
        if (attempt(setting, options, retries)) return;
        mpi::agreed_on_root(group_, [&] { write_failed_starts(options.output, first_seed, retries + 1); });
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
    mpi::agreed_on_root(group_, [&] {
        data_.know(training.identity, test ? &test->identity : nullptr);
        const TrainOptions first = train_options(options_, setting);
        const SettingResult result{row_of(setting, run, retries), options.seed, data_.result_identity(first)};
        write_result(first.output, result);
        observer_.ended(outcome_of(result.row));
    });
    return true;
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
