#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/cli/named_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {
namespace {

/// The model as rank 0 read it, and the settings from it and the options.
struct Task {
    Model model;
    Hyperparameters hyperparameters;
    std::optional<Index> train_count;
};

/// The gradient must not overwrite a file that is read.
void check_gradient_file(const EvaluateOptions& options) {
    if (!options.gradient) return;
    std::vector<NamedFile> read{{"model", options.model}};
    if (options.source.train) read.push_back({"train", *options.source.train});
    check_apart({"gradient", *options.gradient}, read);
}

Task read_task(const EvaluateOptions& options) {
    check_gradient_file(options);
    Task task{read_model(options.model), {}, options.train_count};
    task.hyperparameters = find_hyperparameters(task.model.metadata, {}, options.model);
    if (options.lambda) task.hyperparameters.lambda = *options.lambda;
    if (options.rho) task.hyperparameters.rho = *options.rho;
    if (options.beta) task.hyperparameters.beta = *options.beta;
    if (!task.train_count) {
        task.train_count = find_number<Index>(task.model.metadata, "train_count", options.model);
        if (task.train_count && *task.train_count < 1)
            throw Error(options.model + ": train_count in the metadata is " +
                        std::to_string(*task.train_count) + ", expected at least 1");
    }
    return task;
}

nlohmann::ordered_json describe(const Trial& trial, std::span<const double> means) {
    nlohmann::ordered_json object;
    object["cost"] = trial.cost;
    object["reconstruction"] = trial.terms.reconstruction;
    object["weight_decay"] = trial.terms.weight_decay;
    object["sparsity"] = trial.terms.sparsity;
    object["gradient_norm"] = trial.gradient_norm;
    const double sum = std::accumulate(means.begin(), means.end(), 0.0);
    object["mean_activation"] = {{"minimum", std::ranges::min(means)},
                                 {"mean", sum / static_cast<double>(means.size())},
                                 {"maximum", std::ranges::max(means)}};
    return object;
}

}  // namespace

int evaluate(const mpi::Communicator& world, const EvaluateOptions& options, std::ostream& out) {
    Task task = mpi::agreed(world, [&] { return world.is_root() ? read_task(options) : Task{}; });
    world.broadcast_value(task.model.shape);
    world.broadcast_value(task.hyperparameters);
    const ThreadCount threads = choose_threads(world, options.threads);
    const ShardedImages images =
        shard_training_images(world, options.source, task.train_count, threads.threads);
    mpi::agreed(world, [&] {
        check_fit(options.model, task.model.shape, images.set.image_size(), images.set.description);
    });
    SpaceSettings settings =
        space_settings(task.model.shape, task.hyperparameters, options.precision, 1, threads.threads);
    settings.evaluation.always_means = true;
    DistributedSpace space(world, settings, images.columns.tiles(), images.columns.tiles());
    if (!world.is_root()) {
        space.serve();
        return 0;
    }
    const StopGuard guard(space);
    space.write(DistributedSpace::Vector::x, task.model.theta);
    const Trial trial = space.start();
    if (!trial.finite())
        throw Error(
            "--model " + options.model +
            ": the cost is not finite on these data: a hidden unit is always on or always off, or weights "
            "overflow");
    if (options.gradient) {
        std::vector<double> gradient(task.model.theta.size());
        space.read(DistributedSpace::Vector::gradient, gradient);
        write_model(*options.gradient, task.model.shape, gradient, {});
    }
    out << describe(trial, space.evaluation().mean_activations()).dump() << '\n';
    return 0;
}

}  // namespace sae
