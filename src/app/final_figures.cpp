#include "final_figures.hpp"

#include "sae/mpi/agreement.hpp"
#include "sae/train/distributed_space.hpp"

namespace sae {
namespace {

struct Evaluated {
    Trial trial;
    std::vector<double> mean_activations;
};

/// The plain cost on some columns: what is left of it is the reconstruction error.
Evaluated evaluate_on(const mpi::Communicator& comm, const ColumnTiles& columns,
                      std::span<const double> theta, const EvaluationSettings& evaluation) {
    SpaceSettings settings;
    settings.evaluation = evaluation;
    settings.evaluation.always_means = true;
    settings.hyperparameters = {0, 0.5, 0};
    settings.history = 1;
    DistributedSpace space(comm, settings, columns, columns);
    if (!comm.is_root()) {
        space.serve();
        return {};
    }
    const StopGuard guard(space);
    space.write(DistributedSpace::Vector::x, theta);
    const Trial trial = space.start();
    const auto means = space.evaluation().mean_activations();
    return {trial, {means.begin(), means.end()}};
}

}  // namespace

FinalFigures final_figures(const mpi::Communicator& comm, const ShardedImages& train,
                           const ShardedImages* test, std::span<const double> theta,
                           const EvaluationSettings& settings) {
    FinalFigures figures;
    const Evaluated on_train = evaluate_on(comm, train.columns, theta, settings);
    figures.mean_activations = on_train.mean_activations;
    figures.train_error = on_train.trial.terms.reconstruction;
    if (!test) return figures;
    mpi::agreed(comm, [&] {
        // Both were compared at the start; the test images are opened now.
        if (test->columns.rows() != train.columns.rows())
            throw Error(test->set.description + ": expected images of " +
                        std::to_string(train.columns.rows()) + " pixels; was it changed meanwhile?");
    });
    figures.test_description = test->set.description;
    figures.test_error = evaluate_on(comm, test->columns, theta, settings).trial.terms.reconstruction;
    return figures;
}

}  // namespace sae
