#include <iostream>

#include "command_bodies.hpp"
#include "made_by.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/progress.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/app/stop_signals.hpp"
#include "sae/app/terminal.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/report/words.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "train_once.hpp"

namespace sae {
namespace {

void print_outcome(const TrainOptions& options, const TrainedRun& run, std::ostream& out) {
    const RunReport& report = run.report;
    out << name(run.last.status) << ": " << explain_with_figures(run.last, options.optimiser) << '\n'
        << "time in all " << duration_text(report.seconds) << ", checkpoints of this start "
        << duration_text(run.checkpoint_seconds) << '\n';
    if (report.train_error) out << "reconstruction error: training images " << *report.train_error;
    if (report.test_error) out << ", test images " << *report.test_error;
    out << (report.train_error ? "\n" : "") << "sha256 of the parameters: " << report.model_sha256 << '\n'
        << "written to " << options.output
        << ": report.html, model.safetensors, log.jsonl, config.ini and the pictures\n";
}

}  // namespace

int train(const mpi::Communicator& world, const TrainOptions& options, std::ostream& out) {
    const StopSignals signals;
    mpi::agreed_on_root(world, [&] {
        RunDirectory(options.output).check(options.overwrite || options.resume);
        check_images(options.source, options.train_count, options.test_count);
    });
    const ThreadCount threads = choose_threads(world, options.threads);
    ImageCache images(world, options, threads.threads);
    Progress progress(std::cerr, {options.quiet, [] { return terminal_columns(2); }},
                      options.optimiser.max_iterations);
    TrainingSetup setup;
    setup.threads = threads.threads;
    setup.warnings = speed_warnings(world, threads);
    setup.made_by = made_by(world, threads.threads);
    setup.stop_request = [&] { return signals.request(); };
    setup.observer = &progress;
    const TrainedRun run = train_once(world, options, images, setup);
    progress.finish();
    if (run.stopped != StopRequest::none) {
        if (world.is_root())
            std::cerr << "stopped as asked; what is done is saved in " << options.output
                      << ": the same command with --resume continues\n";
        return exit_status(run.stopped);
    }
    if (world.is_root()) print_outcome(options, run, out);
    return 0;
}

}  // namespace sae
