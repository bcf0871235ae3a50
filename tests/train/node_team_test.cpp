#include "catch.hpp"
#include "train/small_training.hpp"

using namespace sae;
using sae::test::SmallTraining;

namespace {

/// theta after 12 iterations, on rank 0.
std::vector<double> trained(const mpi::Communicator& comm, Precision precision, bool share_memory) {
    SmallTraining training(
        comm, precision, [] { return StopRequest::none; }, share_memory);
    std::vector<double> theta;
    training.on_root([&](DistributedSpace&) {
        theta =
            training.train(SmallTraining::settings(), nullptr, [](const Lbfgs&, DistributedSpace&, bool) {})
                .theta;
    });
    return theta;
}

}  // namespace

TEST_CASE("shared memory changes no bit of what messages give") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
        const std::vector<double> shared = trained(world, precision, true);
        const std::vector<double> sent = trained(world, precision, false);
        CHECK(shared == sent);
        if (world.is_root()) CHECK(shared.size() == static_cast<std::size_t>(SmallTraining::shape().size()));
    }
}
