#include "catch.hpp"
#include "train/small_training.hpp"

using namespace sae;
using sae::test::SmallTraining;

namespace {

/// theta after 12 iterations, on rank 0, where an evaluation sends `bytes` of the gradient and of theta.
std::vector<double> trained(const mpi::Communicator& comm, Precision precision, bool share_memory,
                            Index bytes) {
    SmallTraining training(
        comm, precision, [] { return StopRequest::none; }, share_memory);
    std::vector<double> theta;
    training.on_root([&](DistributedSpace& space) {
        CHECK(space.traffic().gradient == bytes);
        CHECK(space.traffic().theta == bytes);
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
        const std::vector<double> shared = trained(world, precision, true, 0);
        const std::vector<double> sent =
            trained(world, precision, false, world.size() > 1 ? 8 * SmallTraining::shape().size() : 0);
        CHECK(shared == sent);
        if (world.is_root()) CHECK(shared.size() == static_cast<std::size_t>(SmallTraining::shape().size()));
    }
}
