#include <chrono>
#include <iostream>

#include "bench_report.hpp"
#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/cli/live_lines.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

/// How far the benchmark is. All pieces of work take about as long.
BenchProgress progress_on(LiveLines& lines) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    return [&lines, start, shown = start](Index done, Index all) mutable {
        if (done >= all) return lines.show({});
        const auto now = Clock::now();
        if (std::chrono::duration<double>(now - shown).count() < lines.interval()) return;
        shown = now;
        const double pace = std::chrono::duration<double>(now - start).count() / static_cast<double>(done);
        lines.show({"bench: " + std::to_string(done) + " of " + std::to_string(all) +
                    " evaluations and steps, about " + duration_text(pace * static_cast<double>(all - done)) +
                    " left"});
    };
}

}  // namespace

int bench(const mpi::Communicator& world, const BenchOptions& options, std::ostream& out) {
    const ThreadCount threads = choose_threads(world, options.threads);
    const std::vector<std::string> warnings = speed_warnings(world, threads);
    const ShardedImages images =
        shard_training_images(world, options.source, options.train_count, threads.threads);
    if (world.is_root() && !options.quiet) {
        for (const std::string& warning : warnings) std::cerr << "warning: " << warning << '\n';
    }

    BenchPlan plan;
    plan.space = space_settings(autoencoder(images.set.image_size(), options.hidden), options.hyperparameters,
                                options.precision, options.history, threads.threads);
    plan.seed = options.seed;
    plan.repeat = static_cast<int>(options.repeat);
    LiveLines lines(std::cerr, {options.quiet, [] { return terminal_columns(2); }});
    const BenchResult result = run_bench(world, plan, images.columns.tiles(), progress_on(lines));
    if (!world.is_root()) return 0;
    if (options.json)
        out << bench_json(plan, images.set, result) << '\n';
    else
        write_bench_table(out, plan, images.set, result);
    return 0;
}

}  // namespace sae
