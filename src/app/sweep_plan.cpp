#include "sweep_plan.hpp"

#include <algorithm>
#include <filesystem>

#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sweep_result.hpp"

namespace sae {
namespace {

/// The settings that --only names, or all.
std::vector<SweepSetting> select(const SweepOptions& options, const std::vector<SweepSetting>& all) {
    if (!options.only) return all;
    std::vector<SweepSetting> selected;
    for (const Index k : *options.only) {
        if (k >= std::ssize(all))
            throw UsageError("--only: there is no setting " + std::to_string(k) + "; there are " +
                             std::to_string(all.size()) + ", from 0 to " + std::to_string(all.size() - 1));
        const SweepSetting& setting = all[static_cast<std::size_t>(k)];
        if (std::ranges::find(selected, setting) == selected.end()) selected.push_back(setting);
    }
    return selected;
}

/// Rank 0, before any rank works: nothing is in the way, and all images are there, whose size becomes the
/// plan's. Which settings are left.
std::vector<Index> unfinished(const SweepOptions& options, SweepPlan& plan, DataHashes& hashes) {
    const TrainOptions& training = options.training;
    const RunDirectory directory(training.output);
    directory.check(training.overwrite || training.resume || options.collect);
    Index most = 0;
    for (const SweepSetting& setting : plan.settings) most = std::max(most, setting.train_count);
    plan.pixels = check_images(training.source, most, training.test_count);
    if (options.collect) {
        if (std::filesystem::is_directory(training.output)) return {};
        throw Error("--output " + training.output +
                    ": is no directory, so there is nothing to collect: name that of a sweep");
    }
    if (!options.only && !training.overwrite && !training.resume &&
        std::filesystem::exists(directory.file("sweep.json")))
        throw Error("--output " + training.output +
                    ": holds the result of a sweep (sweep.json): name another directory, or add --overwrite "
                    "to replace it or --resume to keep what is finished");
    std::vector<Index> left;
    for (std::size_t k = 0; k < plan.settings.size(); ++k) {
        const SweepSetting& setting = plan.settings[k];
        if (training.resume && result_of(options, setting, hashes)) continue;
        RunDirectory(train_options(options, setting).output).check(training.overwrite || training.resume);
        left.push_back(static_cast<Index>(k));
    }
    return left;
}

/// Makes the sweep's directory; what is replaced must not be taken for a part of this sweep by a --resume.
void prepare(const SweepOptions& options, const SweepPlan& plan) {
    const RunDirectory directory(options.training.output);
    directory.create();
    if (!options.training.resume) {
        for (const Index k : plan.todo)
            forget_run(train_options(options, plan.settings[static_cast<std::size_t>(k)]).output);
    }
    if (options.training.overwrite && !options.only) {
        for (const char* name : {"sweep.json", "report.html"}) std::filesystem::remove(directory.file(name));
    }
    if (!options.only) write_file_atomically(directory.config(), to_ini(options));
}

}  // namespace

SweepPlan make_sweep_plan(const mpi::Communicator& world, const SweepOptions& options, DataHashes& hashes) {
    Index all_images = 0;
    mpi::agreed(world, [&] {
        if (world.is_root() && !options.study && !options.train_counts)
            all_images = open_training_images(options.training.source, {"train-count", {}}).count;
    });
    world.broadcast_value(all_images);
    SweepPlan plan = mpi::agreed(world, [&] {
        if (options.groups && *options.groups > world.size())
            throw UsageError("--groups: " + std::to_string(*options.groups) + " groups need as many ranks; " +
                             "there are " + std::to_string(world.size()));
        SweepPlan made;
        made.settings = select(options, sweep_settings(options, all_images));
        return made;
    });
    if (options.list) return plan;
    mpi::agreed(world, [&] {
        if (!world.is_root()) return;
        plan.todo = longest_first(plan.settings, unfinished(options, plan, hashes));
        if (!options.collect) prepare(options, plan);
    });
    auto count = std::ssize(plan.todo);
    world.broadcast_value(count);
    plan.todo.resize(static_cast<std::size_t>(count));
    world.broadcast(std::span(plan.todo));
    world.broadcast_value(plan.pixels);
    return plan;
}

}  // namespace sae
