#include <iostream>

#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/thread_count.hpp"
#include "sae/core/formulas.hpp"
#include "sae/core/initialise.hpp"
#include "sae/core/numerical_gradient.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {
namespace {

/// The differences between the gradient over all ranks and two others.
struct Differences {
    GradientDifference numerical;  ///< central differences of the cost over all ranks
    GradientDifference formulas;   ///< the formulas in Eigen, on all images
};

/// Collective; meaningful on rank 0.
Differences difference(const mpi::Communicator& world, const CheckGradientOptions& options, int threads,
                       const ColumnTiles& columns, const Hyperparameters& hyperparameters) {
    DistributedSpace space(world,
                           space_settings(autoencoder(columns.rows(), options.hidden), hyperparameters,
                                          Precision::double_precision, 1, threads),
                           columns, columns);
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
    const Images images = open_training_images(options.source, options.train_count);
    const formulas::Matrix x = formulas::columns(images.first(images.count), images.source->image_size());
    const formulas::Vector by_formulas =
        formulas::cost_and_gradient(space.shape(), theta, hyperparameters, x, x).gradient;
    return {compare_gradients(gradient, numerical_gradient(cost, theta, options.epsilon)),
            compare_gradients(gradient, {by_formulas.data(), gradient.size()})};
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
        shard_training_images(world, options.source, options.train_count, threads.threads);
    if (world.is_root() && !threads.warning.empty()) std::cerr << "warning: " << threads.warning << '\n';
    const auto of = [&](const Hyperparameters& hyperparameters) {
        return difference(world, options, threads.threads, images.columns.tiles(), hyperparameters);
    };
    const Differences plain = of({options.hyperparameters.lambda, options.hyperparameters.rho, 0});
    const Differences sparse = of(options.hyperparameters);
    int status = 0;
    if (world.is_root()) {
        out << "data: " << images.set.description << '\n';
        const auto check = [&](const char* kind, const GradientDifference& found, double tolerance) {
            if (!report(out, kind, found, tolerance)) status = 1;
        };
        check("plain ", plain.numerical, options.plain_tolerance);
        check("sparse", sparse.numerical, options.sparse_tolerance);
        check("plain,  formulas", plain.formulas, options.plain_tolerance);
        check("sparse, formulas", sparse.formulas, options.sparse_tolerance);
    }
    world.broadcast_value(status);
    return status;
}

}  // namespace sae
