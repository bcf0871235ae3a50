#include "final_figures.hpp"

#include "sae/core/forward_figures.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

ForwardFigures figures_on(const mpi::Communicator& comm, const ColumnTiles& columns,
                          std::span<const double> theta, const EvaluationSettings& settings) {
    std::vector<std::int64_t> sums =
        mpi::agreed(comm, [&] { return forward_sums(settings, columns, theta); });
    comm.all_reduce_sum(sums);
    return forward_figures(settings.shape.hidden, columns.tiling(), sums);
}

}  // namespace

FinalFigures final_figures(const mpi::Communicator& comm, const ShardedImages& train,
                           const ShardedImages* test, std::span<const double> theta,
                           const EvaluationSettings& settings) {
    std::vector<double> everywhere = mpi::agreed(comm, [&] {
        std::vector<double> room(theta.begin(), theta.end());
        room.resize(static_cast<std::size_t>(settings.shape.size()));
        return room;
    });
    comm.broadcast(std::span(everywhere));
    const ForwardFigures on_train = figures_on(comm, train.columns.own_tiles(), everywhere, settings);
    FinalFigures figures;
    figures.mean_activations = on_train.mean_activations;
    figures.train_error = on_train.error;
    if (!test) return figures;
    mpi::agreed(comm, [&] {
        // Both were compared at the start; the test images are opened now.
        if (test->columns.tiles().rows() != train.columns.tiles().rows())
            throw Error(test->set.description + ": expected images of " +
                        std::to_string(train.columns.tiles().rows()) + " pixels; was it changed meanwhile?");
    });
    figures.test_description = test->set.description;
    figures.test_error = figures_on(comm, test->columns.own_tiles(), everywhere, settings).error;
    return figures;
}

}  // namespace sae
