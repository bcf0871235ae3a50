#include <iostream>

#include "bench_progress.hpp"
#include "bench_report.hpp"
#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"

namespace sae {

int bench(const mpi::Communicator& world, const BenchOptions& options, std::ostream& out) {
    const ThreadCount threads = choose_threads(world, options.threads);
    const std::vector<std::string> warnings = speed_warnings(world, threads);
    const ShardedImages images =
        shard_training_images(world, options.source, options.train_count, threads.threads);
    if (world.is_root() && !options.quiet) {
        for (const std::string& warning : warnings) std::cerr << "warning: " << warning << '\n';
    }

    BenchPlan plan;
    plan.space.evaluation.shape = autoencoder(images.set.image_size(), options.hidden);
    plan.space.evaluation.precision = options.precision;
    plan.space.threads = threads.threads;
    plan.space.hyperparameters = options.hyperparameters;
    plan.space.history = options.history;
    plan.seed = options.seed;
    plan.repeat = static_cast<int>(options.repeat);
    BenchMeter meter(std::cerr, {options.quiet, [] { return terminal_columns(2); }});
    const BenchResult result =
        run_bench(world, plan, images.columns.tiles(), [&](Index done, Index all) { meter.show(done, all); });
    if (!world.is_root()) return 0;
    const BenchSetting setting{images.set.description,
                               plan.space.evaluation.shape,
                               images.columns.tiles().tiling().columns(),
                               options.hyperparameters,
                               options.precision,
                               plan.space.history,
                               world.size(),
                               threads.threads};
    if (options.json)
        out << bench_json(setting, result) << '\n';
    else
        write_bench_table(out, setting, result);
    return 0;
}

}  // namespace sae
