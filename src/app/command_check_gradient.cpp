#include <iostream>

#include "command_bodies.hpp"
#include "sae/app/shard_columns.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/initialise.hpp"
#include "sae/core/numerical_gradient.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {
namespace {

/// Collective: how far the gradient over all ranks is from central differences of the cost over all ranks;
/// meaningful on rank 0.
GradientDifference difference(const mpi::Communicator& world, const CheckGradientOptions& options,
                              int threads, const ColumnTiles& columns,
                              const Hyperparameters& hyperparameters) {
    SpaceSettings settings;
    settings.evaluation.shape = autoencoder(columns.rows(), options.hidden);
    settings.threads = threads;
    settings.hyperparameters = hyperparameters;
    settings.history = 1;
    DistributedSpace space(world, settings, columns, columns);
    if (!world.is_root()) {
        space.serve();
        return {};
    }
    const StopGuard guard(space);
    std::vector<double> theta = initial_theta(space.shape(), options.seed), gradient(theta.size());
    const auto cost = [&](std::span<const double> at) {
        space.write(DistributedSpace::Vector::x, at);
        return space.start().cost;
    };
    cost(theta);
    space.read(DistributedSpace::Vector::gradient, gradient);
    return compare_gradients(gradient, numerical_gradient(cost, theta, options.epsilon));
}

bool report(std::ostream& out, const char* kind, const GradientDifference& found, double tolerance) {
    const bool good = found.relative <= tolerance;
    out << kind << ": largest absolute difference " << found.largest << ", relative norm " << found.relative
        << (good ? " <= " : " > ") << tolerance << (good ? ": good" : ": too large") << '\n';
    return good;
}

}  // namespace

int check_gradient(const mpi::Communicator& world, const CheckGradientOptions& options, std::ostream& out) {
    const ThreadCount threads = choose_threads(world, options.threads);
    const ShardedImages images =
        shard_columns(world, open_training_images, options.source.drawn_by(threads.threads),
                      {"train-count", options.train_count}, threads.threads);
    if (world.is_root() && !threads.warning.empty()) std::cerr << "warning: " << threads.warning << '\n';
    Hyperparameters plain = options.hyperparameters;
    plain.beta = 0;
    const auto of_plain = difference(world, options, threads.threads, images.columns.tiles(), plain);
    const auto of_sparse =
        difference(world, options, threads.threads, images.columns.tiles(), options.hyperparameters);
    int good = 1;
    if (world.is_root()) {
        out << "data: " << images.set.description << '\n';
        const bool plain_good = report(out, "plain ", of_plain, options.plain_tolerance);
        const bool sparse_good = report(out, "sparse", of_sparse, options.sparse_tolerance);
        good = plain_good && sparse_good ? 1 : 0;
    }
    world.broadcast_value(good);
    return good == 1 ? 0 : 1;
}

}  // namespace sae
