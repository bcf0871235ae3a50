#include <algorithm>
#include <chrono>
#include <iostream>
#include <numeric>

#include "command_bodies.hpp"
#include "run_pictures.hpp"
#include "sae/app/log_line.hpp"
#include "sae/app/progress.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/app/run_identity.hpp"
#include "sae/app/run_log.hpp"
#include "sae/app/shard_columns.hpp"
#include "sae/app/stop_signals.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/checkpointer.hpp"
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

void warn(const std::string& text) {
    std::cerr << "warning: " << text << '\n';
}

/// Where a training goes on from, or nothing if from the start; on rank 0.
std::optional<ResumePoint> find_start(const TrainOptions& options, const RunDescription& run) {
    const RunDirectory directory(options.output);
    directory.create();
    if (options.resume) {
        std::optional<ResumePoint> point = find_resume_point(directory.path(), run, warn);
        if (!options.quiet) {
            std::cerr << (point ? "resume: from " + point->checkpoint.path()
                                : "resume: no checkpoint in " + directory.path() + ", from the start")
                      << '\n';
        }
        if (point) return point;
        // A result whose checkpoints are gone may be of other settings.
        directory.check(false);
    }
    // Those of a run that is replaced must not be taken for this one's.
    keep_newest(directory.path(), 0);
    return std::nullopt;
}

/// Rank 0's side of a training: what is said, logged and written.
class Session {
  public:
    Session(const TrainOptions& options, const ShardedImages& images, const RunDescription& run,
            std::optional<ResumePoint> resume, std::ostream& out)
        : options_(options),
          directory_(options.output),
          images_(images),
          out_(out),
          resume_(std::move(resume)),
          checkpointer_(CheckpointerSettings{directory_.path(), run.identity, options.checkpoint_every,
                                             [this] { log_->sync(); },
                                             [this](const std::string& text) { progress_.note(text); }},
                        resume_ ? std::optional(resume_->state.iterations) : std::nullopt),
          progress_(std::cerr, {options.quiet, terminal_columns(2)}, options.max_iterations) {}

    void run(DistributedSpace& space, std::span<const double> start) {
        write_file_atomically(directory_.config(), to_ini(options_));
        if (resume_) {
            log_.emplace(directory_.log(), resume_->state.iterations, warn);
            resume_->checkpoint.restore(space);
        } else {
            log_.emplace(directory_.log());
        }
        const auto begin = std::chrono::steady_clock::now();
        const LbfgsSettings settings = optimiser_settings(options_);
        const TrainingOutcome outcome = run_training(
            space, settings, {start, resume_ ? std::optional(resume_->state) : std::nullopt},
            {[&](const IterationRecord& record, const LbfgsStep& step) { iteration(record, step); },
             std::ref(checkpointer_)});
        progress_.finish();
        if (outcome.last.status == LbfgsStatus::interrupted) return say_interrupted(outcome);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        write_model(directory_.model(), space.shape(), outcome.theta,
                    model_metadata(options_, images_, outcome.last));
        write_run_pictures(directory_, options_, space.shape(), outcome.theta);
        say(outcome, settings, space.shape(), seconds);
    }

  private:
    void iteration(const IterationRecord& record, const LbfgsStep& step) {
        log_->append(log_line(record));
        progress_.record(record);
        if (step.restarted) progress_.note(step.note);
    }

    void say_interrupted(const TrainingOutcome& outcome) {
        if (outcome.theta.empty()) {
            std::cerr << "stopped before the first evaluation ended: nothing to save\n";
        } else {
            std::cerr << "stopped: saved in " << checkpoint_path(directory_.path(), outcome.last.iteration)
                      << "; --resume goes on from there\n";
        }
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
    std::optional<ResumePoint> resume_;
    std::optional<RunLog> log_;
    Checkpointer checkpointer_;
    Progress progress_;
};

}  // namespace

int train(const mpi::Communicator& world, const TrainOptions& options, std::ostream& out) {
    const StopSignals signals;
    const RunDirectory directory(options.output);
    mpi::agreed(world, [&] {
        if (!world.is_root()) return;
        directory.check(options.overwrite || options.resume);
        static_cast<void>(open_test_images(options.source, {"test-count", options.test_count}));
    });
    const ThreadCount threads = choose_threads(world, options.threads);
    const ShardedImages images =
        shard_columns(world, open_training_images, options.source, {"train-count", options.train_count});
    const Shape shape = autoencoder(images.set.image_size(), options.hidden);
    const std::string images_hash = images_sha256(world, images.columns);
    std::vector<double> start;
    RunDescription run;
    std::optional<ResumePoint> resume = mpi::agreed(world, [&]() -> std::optional<ResumePoint> {
        if (!world.is_root()) return {};
        start = starting_point(options, shape);
        run = describe_run(options, shape, images.columns.tiling().columns(), images_hash, start);
        return find_start(options, run);
    });
    if (world.is_root() && !options.quiet) {
        std::cerr << "data: " << images.set.description << '\n';
        if (!threads.warning.empty()) std::cerr << "warning: " << threads.warning << '\n';
    }
    SpaceSettings settings;
    settings.evaluation = {shape, options.precision, threads.threads, false};
    settings.hyperparameters = options.hyperparameters;
    settings.history = static_cast<int>(options.history);
    settings.stop_request = [&] { return signals.request(); };
    DistributedSpace space(world, settings, images.columns, images.columns);
    if (!world.is_root()) {
        space.serve();
    } else {
        const StopGuard guard(space);
        Session(options, images, run, std::move(resume), out).run(space, start);
    }
    return exit_status(space.stop_reason());
}

}  // namespace sae
