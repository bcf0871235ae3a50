#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "command_bodies.hpp"
#include "made_by.hpp"
#include "sae/app/number_text.hpp"
#include "sae/app/speed_warnings.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/mpi/nodes.hpp"
#include "sweep_group.hpp"
#include "sweep_groups.hpp"
#include "sweep_plan.hpp"
#include "sweep_summary.hpp"

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;

SweepProgress make_progress(const SweepOptions& options, const SweepPlan& plan, int groups) {
    std::vector<SettingLabel> labels;
    for (const SweepSetting& setting : plan.settings)
        labels.push_back({name_of(setting), work_of(setting), true});
    for (const Index k : plan.todo) labels[static_cast<std::size_t>(k)].done = false;
    return {std::cerr,
            {options.training.quiet, [] { return terminal_columns(2); }},
            std::move(labels),
            groups,
            options.training.max_iterations};
}

/// Collective: how many groups the ranks are split into.
int number_of_groups(const mpi::Communicator& world, const SweepOptions& options, const SweepPlan& plan,
                     int threads) {
    const auto most = std::min<Index>(world.size(), std::ssize(plan.todo));
    if (options.groups) return static_cast<int>(std::min(most, *options.groups));
    SweepWork work{{}, plan.pixels, options.training.max_iterations};
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
                                        const SweepPlan& plan, DataHashes& hashes,
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
    SweepGroup(group, number, options, plan.settings, hashes, *line, threads.threads).run();
    const StopRequest reason = line->finish();
    return {reason, progress ? std::ssize(plan.settings) - progress->done() : 0};
}

/// The result of a setting that has been trained; a file system that several nodes share may need a while to
/// show what another node has written.
std::optional<SettingResult> wait_for_result(const SweepOptions& options, const SweepSetting& setting,
                                             DataHashes& hashes) {
    constexpr auto patience = std::chrono::seconds(60);
    const auto deadline = Clock::now() + patience;
    for (;;) {
        if (auto result = result_of(options, setting, hashes)) return result;
        const std::string path = result_path(train_options(options, setting).output);
        if (Clock::now() > deadline)
            throw Error(path +
                        ": another node wrote it, but this node cannot see it: --output must name a "
                        "directory that all nodes share");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

void summarise(const SweepOptions& options, const SweepPlan& plan, DataHashes& hashes, double seconds,
               const NamedValues& made, std::ostream& out) {
    std::vector<SweepEntry> entries;
    for (const SweepSetting& setting : plan.settings) {
        entries.push_back({setting, options.collect ? result_of(options, setting, hashes)
                                                    : wait_for_result(options, setting, hashes)});
    }
    const bool in_one_go = std::ssize(plan.todo) == std::ssize(plan.settings);
    if (!options.only) write_summary(options, entries, in_one_go ? seconds : 0, made);
    out << sweep_text(entries);
    out << "written to " << options.training.output
        << (options.only ? ": a run directory for each setting; the same command with --collect in place of "
                           "--only writes table and report\n"
                         : ": report.html, sweep.json, config.ini and a run directory for each setting\n");
    if (!plan.todo.empty())
        out << counted(std::ssize(plan.todo), "setting") << " trained in " << duration_text(seconds) << '\n';
}

}  // namespace

int sweep(const mpi::Communicator& world, const SweepOptions& options, std::ostream& out) {
    const auto begin = Clock::now();
    DataHashes hashes(options.training.source, options.training.test_count);
    const SweepPlan plan = make_sweep_plan(world, options, hashes);
    if (options.list) {
        if (world.is_root()) out << settings_json(plan.settings);
        return 0;
    }
    const ThreadCount threads = choose_threads(world, options.training.threads);
    const NamedValues made = made_by(world, threads.threads);
    if (!plan.todo.empty()) {
        auto [reason, undone] = train_all(world, options, plan, hashes, threads);
        world.broadcast_value(undone);
        if (undone > 0) {
            if (world.is_root())
                std::cerr << "stopped as asked with " << undone << " of " << plan.settings.size()
                          << " settings unfinished; what is done is saved in " << options.training.output
                          << ": the same command with --resume continues\n";
            return exit_status(reason);
        }
    }
    mpi::agreed(world, [&] {
        if (world.is_root())
            summarise(options, plan, hashes, std::chrono::duration<double>(Clock::now() - begin).count(),
                      made, out);
    });
    return 0;
}

}  // namespace sae
