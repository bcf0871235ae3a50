#include <iostream>

#include "command_bodies.hpp"
#include "final_figures.hpp"
#include "run_pictures.hpp"
#include "sae/app/ini_file.hpp"
#include "sae/app/report.hpp"
#include "sae/app/run_identity.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "training_session.hpp"

namespace sae {
namespace {

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

/// What must be known before any rank works: nothing in the run directory is in the way, the test images are
/// there and of the training images' size. Rank 0 looks.
void check_beforehand(const TrainOptions& options) {
    RunDirectory(options.output).check(options.overwrite || options.resume);
    const Images train = open_training_images(options.source, {"train-count", options.train_count});
    const Images test = open_test_images(options.source, {"test-count", options.test_count});
    if (!test.source) return;
    if (test.source->rows() == train.source->rows() && test.source->cols() == train.source->cols()) return;
    throw Error("the test images have another size than the training images: " + test.source->description() +
                "; expected " + std::to_string(train.source->rows()) + " x " +
                std::to_string(train.source->cols()));
}

RunReport report_of(const TrainOptions& options, const ShardedImages& images, const TrainingResult& result,
                    const FinalFigures& figures, const Shape& shape) {
    const LbfgsStep& last = result.outcome.last;
    RunReport report;
    report.name = options.output;
    report.train_data = images.set.description;
    report.test_data = figures.test_description;
    for (const IniEntry& entry : parse_ini(to_ini(options), "settings"))
        report.settings.emplace_back(entry.key, entry.value);
    report.status = last.status;
    report.explanation = explain(last, optimiser_settings(options));
    report.iterations = result.records;
    report.mean_activations = figures.mean_activations;
    report.hyperparameters = options.hyperparameters;
    report.train_error = figures.train_error;
    report.test_error = figures.test_error;
    report.model_sha256 = parameters_sha256(shape, result.outcome.theta);
    report.evaluations = last.evaluations;
    report.seconds = result.seconds;
    return report;
}

/// Model, pictures and report; the model first.
void write_results(const TrainOptions& options, const ShardedImages& images, const TrainingResult& result,
                   const FinalFigures& figures, const Shape& shape, std::ostream& out) {
    const RunDirectory directory(options.output);
    const TrainingOutcome& outcome = result.outcome;
    write_model(directory.model(), shape, outcome.theta, model_metadata(options, images, outcome.last));
    RunReport report = report_of(options, images, result, figures, shape);
    write_run_pictures(directory, options, shape, outcome.theta, report);
    write_file_atomically(directory.file("report.html"), run_report(report));
    out << name(outcome.last.status) << ": " << report.explanation << '\n'
        << "cost " << outcome.last.point.cost << " after " << outcome.last.iteration << " iterations and "
        << outcome.last.evaluations << " evaluations in " << duration_text(result.seconds) << '\n'
        << "sha256 of the parameters: " << report.model_sha256 << '\n'
        << "written to " << options.output
        << ": report.html, model.safetensors, log.jsonl, config.ini and the pictures\n";
}

/// Rank 0's training while the others serve; returns the exit status and, if that is 0, the result.
int run(TrainingSession& session, DistributedSpace& space, const TrainOptions& options,
        TrainingResult& result) {
    const StopGuard guard(space);
    result = session.run(space);
    if (result.outcome.last.status != LbfgsStatus::interrupted) return 0;
    std::cerr << "stopped as asked; what is done is saved in " << options.output
              << ": the same command with --resume goes on\n";
    return exit_status(space.stop_reason());
}

}  // namespace

int train(const mpi::Communicator& world, const TrainOptions& options, std::ostream& out) {
    const StopSignals signals;
    mpi::agreed(world, [&] {
        if (world.is_root()) check_beforehand(options);
    });
    const ThreadCount threads = choose_threads(world, options.threads);
    const ShardedImages images =
        shard_columns(world, open_training_images, options.source, {"train-count", options.train_count});
    const Shape shape = autoencoder(images.set.image_size(), options.hidden);
    const std::string images_hash = images_sha256(world, images.columns);
    std::optional<TrainingSession> session;
    mpi::agreed(world, [&] {
        if (world.is_root()) session.emplace(options, images, images_hash, shape);
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
    TrainingResult result;
    int status = 0;
    {
        DistributedSpace space(world, settings, images.columns, images.columns);
        if (world.is_root())
            status = run(*session, space, options, result);
        else
            space.serve();
    }
    world.broadcast_value(status);
    if (status != 0) return status;
    const FinalFigures figures =
        final_figures(world, options, images, result.outcome.theta, settings.evaluation);
    if (world.is_root()) write_results(options, images, result, figures, shape, out);
    return 0;
}

}  // namespace sae
