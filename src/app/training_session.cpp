#include "training_session.hpp"

#include "sae/app/log_line.hpp"
#include "sae/app/run_identity.hpp"
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

LbfgsSettings optimiser_settings(const TrainOptions& options) {
    LbfgsSettings settings;
    settings.history = static_cast<int>(options.history);
    settings.gradient_tolerance = options.gradient_tolerance;
    settings.cost_tolerance = options.cost_tolerance;
    settings.max_iterations = options.max_iterations;
    return settings;
}

TrainingSession::TrainingSession(const TrainOptions& options, const ShardedImages& images,
                                 const std::string& images_hash, const Shape& shape,
                                 TrainingObserver& observer)
    : options_(options),
      directory_(options.output),
      theta_(starting_point(options, shape)),
      description_(describe_run(options, shape, images.columns.tiles().tiling().columns(), images_hash, theta_)),
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
    // The checkpoints of a run that is replaced must not be taken for this one's.
    if (!resume_) keep_newest(directory_.path(), 0);
    write_file_atomically(directory_.config(), to_ini(options_));
    if (resume_)
        log_.emplace(directory_.log(), resume_->state.iterations,
                     [&](const std::string& warning) { observer_.warn(warning); });
    else
        log_.emplace(directory_.log());
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
    result.outcome = run_training(space, optimiser_settings(options_), start,
                                  {[&](const IterationRecord& record, const LbfgsStep& step) {
                                       // Not before the first evaluation has shown that the start is a good
                                       // one.
                                       if (!log_) open_files();
                                       log_->append(log_line(record));
                                       result.records.push_back(record);
                                       observer_.record(record);
                                       if (step.restarted) observer_.note(step.note);
                                   },
                                   std::ref(checkpointer)});
    result.checkpoint_seconds = checkpointer.seconds();
    if (log_) log_->sync();
    observer_.finish();
    return result;
}

}  // namespace sae
