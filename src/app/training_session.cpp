#include "training_session.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/train/checkpointer.hpp"

namespace sae {
namespace {

/// Seconds to wait for another run in the directory: ranks whose launcher was killed live on for one or two.
constexpr double patience = 10;

std::vector<double> starting_point(const TrainOptions& options, const Shape& shape) {
    if (!options.init) return initial_theta(shape, options.seed);
    Model model = read_model(*options.init);
    if (model.shape == shape) return std::move(model.theta);
    const auto text = [](const Shape& s) {
        return std::to_string(s.inputs) + "-" + std::to_string(s.hidden) + "-" + std::to_string(s.outputs);
    };
    throw Error("--init " + *options.init + ": a network " + text(model.shape) +
                ", but data and --hidden make it " + text(shape));
}

}  // namespace

TrainingSession::TrainingSession(const TrainOptions& options, const ImagesIdentity& images,
                                 const Shape& shape, TrainingObserver& observer)
    : options_(options),
      directory_(options.output),
      theta_(starting_point(options, shape)),
      description_{shape, options.optimiser.history, options.optimiser.max_iterations,
                   run_identity(options, images, theta_)},
      observer_(observer) {
    directory_.create();
    lock_.emplace(directory_.path(), patience,
                  [&] { observer_.note("waiting for another run that is writing to " + directory_.path()); });
    if (options.resume)
        find_resume();
    else
        directory_.check(options.overwrite);
}

void TrainingSession::find_resume() {
    const auto warn = [&](const std::string& warning) { observer_.warn(warning); };
    if (auto found = find_resume_point(directory_.path(), description_, warn)) {
        resume_.emplace(std::move(*found));
        observer_.note("resume: from " + resume_->checkpoint.path());
        return;
    }
    // A result whose checkpoints are gone may be of other settings.
    directory_.check(false);
    observer_.note("resume: no checkpoint in " + directory_.path() + ", from the start");
}

void TrainingSession::open_files() {
    // The checkpoints of a run that is replaced must not be mistaken for this one's.
    if (!resume_) keep_newest(directory_.path(), 0);
    write_file_atomically(directory_.config(), to_ini(options_));
    if (resume_)
        log_.emplace(directory_.log(), resume_->state.iterations,
                     [&](const std::string& warning) { observer_.warn(warning); });
    else
        log_.emplace(directory_.log());
}

/// Log and settings are written again if they were removed. Without the directory nothing can be saved, so
/// the run ends.
void TrainingSession::keep_files(std::span<const IterationRecord> records) {
    const bool log_is_there = log_->is_there();
    if (log_is_there && std::filesystem::exists(directory_.config())) return;
    if (!std::filesystem::is_directory(directory_.path()))
        throw Error(
            "--output " + directory_.path() +
            ": the directory is gone: it was removed while the run was writing to it, and what was saved "
            "in it is lost; run again with a directory that stays");
    write_file_atomically(directory_.config(), to_ini(options_));
    if (log_is_there) return;
    observer_.warn("the log " + directory_.log() + " was removed; it is written again");
    log_.emplace(directory_.log());
    for (const IterationRecord& record : records) log_->append(log_line(record));
}

TrainingResult TrainingSession::run(DistributedSpace& space) {
    CheckpointerSettings saving;
    saving.directory = directory_.path();
    saving.identity = description_.identity;
    saving.every = options_.checkpoint_every;
    saving.before_save = [&] { log_->sync(); };
    saving.warn = [&](const std::string& warning) { observer_.warn(warning); };
    std::optional<Index> saved;
    TrainingResult result;
    TrainingStart start{theta_, {}};
    if (resume_) {
        open_files();
        resume_->checkpoint.restore(space);
        start.state = resume_->state;
        saved = resume_->state.iterations;
        result.records = read_log(directory_.log());
    }
    Checkpointer checkpointer(saving, saved);
    result.outcome = run_training(space, options_.optimiser, start,
                                  {[&](const IterationRecord& record, const LbfgsStep& step) {
                                       // Not before the first evaluation has shown that the start is a valid
                                       // one.
                                       if (!log_) open_files();
                                       keep_files(result.records);
                                       log_->append(log_line(record));
                                       result.records.push_back(record);
                                       observer_.record(record);
                                       if (step.restarted) observer_.note(step.note);
                                   },
                                   std::ref(checkpointer)});
    result.checkpoint_seconds = checkpointer.seconds();
    if (log_) {
        keep_files(result.records);
        log_->sync();
    }
    return result;
}

}  // namespace sae
