#include "catch.hpp"
#include "train/small_training.hpp"

using namespace sae;
using sae::test::SmallTraining;

namespace {

/// theta after 12 iterations, on rank 0.
std::vector<double> trained(const mpi::Communicator& comm, bool share_memory) {
    SmallTraining training(
        comm, [] { return StopRequest::none; }, share_memory);
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
    const std::vector<double> shared = trained(world, true);
    const std::vector<double> sent = trained(world, false);
    CHECK(shared == sent);
    if (world.is_root()) CHECK(shared.size() == static_cast<std::size_t>(SmallTraining::shape().size()));
}
