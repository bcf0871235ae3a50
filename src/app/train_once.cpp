#include "train_once.hpp"

#include "run_pictures.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/core/arithmetic.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "training_session.hpp"

namespace sae {
namespace {

Metadata model_metadata(const TrainOptions& options, const ImageCache::Set& training, const LbfgsStep& last) {
    Metadata metadata;
    put_hyperparameters(metadata, options.hyperparameters);
    put_number(metadata, "train_count", training.identity.count);
    put_number(metadata, "rows", training.images.set.rows);
    put_number(metadata, "cols", training.images.set.cols);
    put_number(metadata, "seed", options.seed);
    put_number(metadata, "iterations", last.iteration);
    metadata["status"] = name(last.status);
    metadata["precision"] = name(options.precision);
    put_number(metadata, "arithmetic", arithmetic_version);
    return metadata;
}

RunReport report_of(TrainOptions options, const std::string& images, const TrainingResult& result,
                    const Shape& shape) {
    const LbfgsStep& last = result.outcome.last;
    RunReport report;
    report.name = RunDirectory(options.output).name();
    report.train_data = images;
    if (options.train_count)
        report.train_data += "; trained on the first " + std::to_string(*options.train_count);
    report.settings = table_of(options).settings();
    report.outcome = explain(last, options.optimiser);
    report.iterations = result.records;
    report.hyperparameters = options.hyperparameters;
    report.model_sha256 = parameters_sha256(shape, result.outcome.theta);
    report.evaluations = last.evaluations;
    // Of all starts, saves included but the last.
    for (const IterationRecord& record : result.records) report.seconds += record.seconds;
    return report;
}

/// Model, pictures, which `report` gets, and report; the model first.
void write_results(const TrainOptions& options, const ImageCache::Set& training, const TrainingResult& result,
                   const Shape& shape, RunReport& report) {
    const RunDirectory directory(options.output);
    const TrainingOutcome& outcome = result.outcome;
    write_model(directory.model(), shape, outcome.theta, model_metadata(options, training, outcome.last));
    draw_run_pictures(open_training_images(options.source, options.train_count),
                      open_test_images(options.source, options.test_count), shape, outcome.theta, report);
    const std::string html = run_report(report);
    std::vector<FileContent> files = picture_files(directory, report);
    files.push_back({directory.file("report.html"), std::as_bytes(std::span(html))});
    write_files_atomically(files);
}

/// Rank 0's training while the others serve.
TrainingResult optimise(const mpi::Communicator& comm, const SpaceSettings& settings,
                        const ColumnTiles& columns, TrainingSession* session, StopRequest& stopped) {
    DistributedSpace space(comm, settings, columns, columns);
    if (!session) {
        space.serve();
        return {};
    }
    const StopGuard guard(space);
    TrainingResult result = session->run(space);
    if (result.outcome.last.status == LbfgsStatus::interrupted) stopped = space.stop_reason();
    return result;
}

}  // namespace

TrainedRun train_once(const mpi::Communicator& comm, const TrainOptions& options, ImageCache& cache,
                      const TrainingSetup& setup) {
    const ImageCache::Set& training = cache.training(options.train_count);
    const ShardedImages& images = training.images;
    const Shape shape = autoencoder(images.set.image_size(), options.hidden);
    std::optional<TrainingSession> session;
    mpi::agreed_on_root(comm, [&] { session.emplace(options, training.identity, shape, *setup.observer); });
    if (session) {
        setup.observer->started(images.set.description);
        for (const std::string& warning : setup.warnings) setup.observer->note("warning: " + warning);
    }
    SpaceSettings settings = space_settings(shape, options.hyperparameters, options.precision,
                                            options.optimiser.history, setup.threads);
    settings.stop_request = setup.stop_request;
    settings.between_tiles = setup.between_tiles;
    TrainedRun run;
    const TrainingResult result =
        optimise(comm, settings, images.columns.tiles(), session ? &*session : nullptr, run.stopped);
    comm.broadcast_value(run.stopped);
    if (run.stopped != StopRequest::none) return run;
    const auto figures_on = [&](const ShardedImages& of) {
        return distributed_figures(comm, of, result.outcome.theta, settings.evaluation, setup.threads);
    };
    const ForwardFigures on_train = figures_on(images);
    const ImageCache::Set* test = cache.test();
    const ForwardFigures on_test = test ? figures_on(test->images) : ForwardFigures{};
    if (!comm.is_root()) return run;
    run.last = result.outcome.last;
    run.checkpoint_seconds = result.checkpoint_seconds;
    run.report = report_of(options, images.set.description, result, shape);
    run.report.train_error = on_train.error;
    run.report.mean_activations = on_train.mean_activations;
    if (test) {
        run.report.test_error = on_test.error;
        run.report.test_data = test->images.set.description;
        if (options.test_count)
            run.report.test_data += "; tested on the first " + std::to_string(*options.test_count);
    }
    run.report.made_by = setup.made_by;
    write_results(options, training, result, shape, run.report);
    return run;
}

}  // namespace sae
