#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "command_bodies.hpp"
#include "made_by.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/mpi/nodes.hpp"
#include "sae/report/words.hpp"
#include "sweep_group.hpp"
#include "sweep_groups.hpp"
#include "sweep_summary.hpp"

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;

/// What a start of the program is to do; the same on all ranks. `pixels` counts where there is something to
/// train.
struct SweepPlan : SweepWork {
    std::vector<Index> todo;  ///< the settings without a result, the longest first
};

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
std::vector<Index> unfinished(const SweepOptions& options, SweepPlan& plan, DataIdentity& data) {
    const RunDirectory directory(options.output);
    directory.check(options.overwrite || options.resume || options.collect);
    Index most = 0;
    for (const SweepSetting& setting : plan.settings) most = std::max(most, setting.train_count);
    plan.pixels = check_images(options.source, most, options.test_count);
    if (options.collect) {
        if (std::filesystem::is_directory(options.output)) return {};
        throw Error("--output " + options.output +
                    ": is no directory, so there is nothing to collect: name that of a sweep");
    }
    if (!options.only && !options.overwrite && !options.resume &&
        std::filesystem::exists(directory.file("sweep.json")))
        throw Error("--output " + options.output +
                    ": holds the result of a sweep (sweep.json): name another directory, or add --overwrite "
                    "to replace it or --resume to keep what is finished");
    std::vector<Index> left;
    for (std::size_t k = 0; k < plan.settings.size(); ++k) {
        const SweepSetting& setting = plan.settings[k];
        if (options.resume && result_of(options, setting, data)) continue;
        RunDirectory(train_options(options, setting).output).check(options.overwrite || options.resume);
        left.push_back(static_cast<Index>(k));
    }
    return left;
}

/// Makes the sweep's directory; what is replaced must not be taken for a part of this sweep by a --resume.
void prepare(const SweepOptions& options, const SweepPlan& plan) {
    const RunDirectory directory(options.output);
    directory.create();
    if (!options.resume) {
        for (const Index k : plan.todo)
            forget_run(train_options(options, plan.settings[static_cast<std::size_t>(k)]).output);
    }
    if (options.overwrite && !options.only) {
        for (const char* name : {"sweep.json", "report.html"}) std::filesystem::remove(directory.file(name));
    }
    if (!options.only) write_file_atomically(directory.config(), to_ini(options));
}

/// Collective: the plan that the options make. Unless they only ask for a list, rank 0 first sees that
/// nothing is in the way and all images are there, and, unless they only collect, makes the sweep's
/// directory.
SweepPlan make_plan(const mpi::Communicator& world, const SweepOptions& options, DataIdentity& data) {
    Index all_images = 0;
    mpi::agreed_on_root(world, [&] {
        if (!options.study && !options.train_counts)
            all_images = open_training_images(options.source, {}).count;
    });
    world.broadcast_value(all_images);
    SweepPlan plan = mpi::agreed(world, [&] {
        if (options.groups && *options.groups > world.size())
            throw UsageError("--groups: " + std::to_string(*options.groups) + " groups need as many ranks; " +
                             "there are " + std::to_string(world.size()));
        SweepPlan made;
        made.settings = select(options, sweep_settings(options, all_images));
        made.iterations = options.optimiser.max_iterations;
        return made;
    });
    if (options.list) return plan;
    mpi::agreed_on_root(world, [&] {
        const std::vector<Index> left = unfinished(options, plan, data);
        plan.todo = longest_first(plan, left);
        if (!options.collect) prepare(options, plan);
    });
    auto count = std::ssize(plan.todo);
    world.broadcast_value(count);
    plan.todo.resize(static_cast<std::size_t>(count));
    world.broadcast(std::span(plan.todo));
    world.broadcast_value(plan.pixels);
    return plan;
}

SweepProgress make_progress(const SweepOptions& options, const SweepPlan& plan, int groups) {
    std::vector<SettingLabel> labels;
    for (const SweepSetting& setting : plan.settings)
        labels.push_back({name_of(setting), training_seconds(plan, setting), true});
    for (const Index k : plan.todo) labels[static_cast<std::size_t>(k)].done = false;
    return {std::cerr,
            {options.quiet, [] { return terminal_columns(2); }},
            std::move(labels),
            groups,
            plan.iterations};
}

/// Collective: how many groups the ranks are split into.
int number_of_groups(const mpi::Communicator& world, const SweepOptions& options, const SweepPlan& plan,
                     int threads) {
    const auto most = std::min<Index>(world.size(), std::ssize(plan.todo));
    if (options.groups) return static_cast<int>(std::min(most, *options.groups));
    SweepWork work{{}, plan.pixels, plan.iterations};
    for (const Index k : plan.todo) work.settings.push_back(plan.settings[static_cast<std::size_t>(k)]);
    const std::vector<std::int64_t> hosts = world.all_gather_value(mpi::host_number(world));
    // By one processor's arithmetic.
    int groups = world.is_root() ? choose_groups(work, hosts, threads) : 0;
    world.broadcast_value(groups);
    return groups;
}

/// Trains what is to do; returns what the sweep was asked to do, on all ranks, and how many settings are left
/// undone, on rank 0.
std::pair<StopRequest, Index> train_all(const mpi::Communicator& world, const SweepOptions& options,
                                        const SweepPlan& plan, DataIdentity& data,
                                        const ThreadCount& threads) {
    const int groups = number_of_groups(world, options, plan, threads.threads);
    const int number = group_of(world.rank(), world.size(), groups);
    const StopSignals signals;
    const std::vector<std::string> warnings = speed_warnings(world, threads);
    const mpi::Communicator group = world.split(number, world.rank());
    std::optional<SweepProgress> progress;
    if (world.is_root()) {
        progress.emplace(make_progress(options, plan, groups));
        progress->announce(counted(std::ssize(plan.todo), "setting") + " to train on " +
                           counted(world.size(), "rank") + " in " + counted(groups, "group"));
        for (const std::string& warning : warnings) progress->announce("warning: " + warning);
    }
    const auto line = make_sweep_line(world, groups, plan.todo, signals, progress ? &*progress : nullptr);
    SweepGroup(group, number, options, plan.settings, data, *line, threads.threads).run();
    const StopRequest reason = line->finish();
    return {reason, progress ? std::ssize(plan.settings) - progress->done() : 0};
}

/// The result of a setting that has been trained; a file system that several nodes share may need a while to
/// show what another node has written.
SettingResult wait_for_result(const SweepOptions& options, const SweepSetting& setting, DataIdentity& data) {
    constexpr auto patience = std::chrono::seconds(60);
    const auto deadline = Clock::now() + patience;
    for (;;) {
        if (auto result = result_of(options, setting, data)) return *result;
        const std::string path = result_path(train_options(options, setting).output);
        if (Clock::now() > deadline)
            throw Error(path +
                        ": another node wrote it, but this node cannot see it: --output must name a "
                        "directory that all nodes share");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

void summarise(const SweepOptions& options, const SweepPlan& plan, DataIdentity& data, double seconds,
               const NamedValues& made, std::ostream& out) {
    std::vector<SettingResult> results;
    for (const SweepSetting& setting : plan.settings)
        results.push_back(options.collect ? result_of(options, setting, data).value_or(no_result(setting))
                                          : wait_for_result(options, setting, data));
    const bool in_one_go = std::ssize(plan.todo) == std::ssize(plan.settings);
    if (!options.only) write_summary(options, results, in_one_go ? seconds : 0, made);
    out << sweep_text(results);
    out << "written to " << options.output
        << (options.only ? ": a run directory for each setting; the same command with --collect instead of "
                           "--only writes table and report\n"
                         : ": report.html, sweep.json, config.ini and a run directory for each setting\n");
    if (!plan.todo.empty())
        out << counted(std::ssize(plan.todo), "setting") << " trained in " << duration_text(seconds) << '\n';
}

}  // namespace

int sweep(const mpi::Communicator& world, const SweepOptions& options, std::ostream& out) {
    const auto begin = Clock::now();
    DataIdentity data(options.source, options.test_count);
    const SweepPlan plan = make_plan(world, options, data);
    if (options.list) {
        if (world.is_root()) out << settings_json(plan.settings);
        return 0;
    }
    const ThreadCount threads = choose_threads(world, options.threads);
    const NamedValues made = made_by(world, threads.threads);
    if (!plan.todo.empty()) {
        auto [reason, undone] = train_all(world, options, plan, data, threads);
        world.broadcast_value(undone);
        if (undone > 0) {
            if (world.is_root())
                std::cerr << "stopped as asked with " << undone << " of " << plan.settings.size()
                          << " settings unfinished; what is done is saved in " << options.output
                          << ": the same command with --resume continues\n";
            return exit_status(reason);
        }
    }
    mpi::agreed_on_root(world, [&] {
        summarise(options, plan, data, std::chrono::duration<double>(Clock::now() - begin).count(), made,
                  out);
    });
    return 0;
}

}  // namespace sae
