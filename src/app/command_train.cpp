#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <numeric>

#include "command_bodies.hpp"
#include "run_pictures.hpp"
#include "sae/app/log_line.hpp"
#include "sae/app/progress.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/app/shard_columns.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "sae/train/trainer.hpp"

namespace sae {
namespace {

/// Where the training starts, on rank 0.
std::vector<double> starting_point(const TrainOptions& options, const Shape& shape) {
    if (!options.init) return initial_theta(shape, options.seed);
    Model model = read_model(*options.init);
    if (model.shape == shape) return std::move(model.theta);
    throw Error("--init " + *options.init + ": a network " + std::to_string(model.shape.inputs) + "-" +
                std::to_string(model.shape.hidden) + "-" + std::to_string(model.shape.outputs) +
                ", but data and --hidden make it " + std::to_string(shape.inputs) + "-" +
                std::to_string(shape.hidden) + "-" + std::to_string(shape.outputs));
}

Metadata model_metadata(const TrainOptions& options, const ShardedImages& images, const LbfgsStep& last) {
    Metadata metadata;
    put_hyperparameters(metadata, options.hyperparameters);
    put_number(metadata, "train_count", images.columns.tiling().columns());
    put_number(metadata, "rows", images.set.rows);
    put_number(metadata, "cols", images.set.cols);
    put_number(metadata, "seed", options.seed);
    put_number(metadata, "iterations", last.iteration);
    metadata["status"] = name(last.status);
    metadata["precision"] = options.precision == Precision::double_precision ? "double" : "single";
    return metadata;
}

LbfgsSettings optimiser_settings(const TrainOptions& options) {
    LbfgsSettings settings;
    settings.history = static_cast<int>(options.history);
    settings.gradient_tolerance = options.gradient_tolerance;
    settings.cost_tolerance = options.cost_tolerance;
    settings.max_iterations = options.max_iterations;
    return settings;
}

/// Rank 0's side of a training: what is said, logged and written.
class Session {
  public:
    Session(const TrainOptions& options, const ShardedImages& images, std::ostream& out)
        : options_(options),
          directory_(options.output),
          images_(images),
          out_(out),
          progress_(std::cerr, {options.quiet, terminal_columns(2)}, options.max_iterations) {}

    void run(DistributedSpace& space, std::span<const double> start) {
        write_file_atomically(directory_.config(), to_ini(options_));
        log_.open(directory_.log(), std::ios::trunc);
        const auto begin = std::chrono::steady_clock::now();
        const LbfgsSettings settings = optimiser_settings(options_);
        const TrainingOutcome outcome = run_training(
            space, settings, {start, {}},
            {[&](const IterationRecord& record, const LbfgsStep& step) { iteration(record, step); },
             [](const Lbfgs&, DistributedSpace&, bool) {}});
        progress_.finish();
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        write_model(directory_.model(), space.shape(), outcome.theta,
                    model_metadata(options_, images_, outcome.last));
        write_run_pictures(directory_, options_, space.shape(), outcome.theta);
        say(outcome, settings, space.shape(), seconds);
    }

  private:
    void iteration(const IterationRecord& record, const LbfgsStep& step) {
        log_ << log_line(record) << '\n' << std::flush;
        if (!log_)
            throw Error(directory_.log() + ": cannot be written; is the disk full? free space and run again");
        progress_.record(record);
        if (step.restarted) progress_.note(step.note);
    }

    void say(const TrainingOutcome& outcome, const LbfgsSettings& settings, const Shape& shape,
             double seconds) {
        out_ << name(outcome.last.status) << ": " << explain(outcome.last, settings) << '\n'
             << "cost " << outcome.last.point.cost << " after " << outcome.last.iteration
             << " iterations and " << outcome.last.evaluations << " evaluations in " << duration_text(seconds)
             << '\n'
             << "sha256 of the parameters: " << parameters_sha256(shape, outcome.theta) << '\n'
             << "written to " << directory_.path()
             << ": model.safetensors, log.jsonl, config.ini, weights.png, train-input.png, train-decoded.png";
        if (has_test_images(options_.source)) out_ << ", test-input.png, test-decoded.png";
        out_ << '\n';
    }

    const TrainOptions& options_;
    RunDirectory directory_;
    const ShardedImages& images_;
    std::ostream& out_;
    std::ofstream log_;
    Progress progress_;
};

}  // namespace

int train(const mpi::Communicator& world, const TrainOptions& options, std::ostream& out) {
    const RunDirectory directory(options.output);
    mpi::agreed(world, [&] {
        if (!world.is_root()) return;
        directory.check(options.overwrite);
        static_cast<void>(open_test_images(options.source, {"test-count", options.test_count}));
    });
    const ThreadCount threads = choose_threads(world, options.threads);
    const ShardedImages images =
        shard_columns(world, open_training_images, options.source, {"train-count", options.train_count});
    const Shape shape = autoencoder(images.set.image_size(), options.hidden);
    const std::vector<double> start = mpi::agreed(world, [&] {
        if (!world.is_root()) return std::vector<double>{};
        std::vector<double> theta = starting_point(options, shape);
        directory.create();
        return theta;
    });
    if (world.is_root() && !options.quiet) {
        std::cerr << "data: " << images.set.description << '\n';
        if (!threads.warning.empty()) std::cerr << "warning: " << threads.warning << '\n';
    }
    SpaceSettings settings;
    settings.evaluation = {shape, options.precision, threads.threads, false};
    settings.hyperparameters = options.hyperparameters;
    settings.history = static_cast<int>(options.history);
    DistributedSpace space(world, settings, images.columns, images.columns);
    if (!world.is_root()) {
        space.serve();
        return 0;
    }
    const StopGuard guard(space);
    Session(options, images, out).run(space, start);
    return 0;
}

}  // namespace sae
