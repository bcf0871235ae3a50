#include "sae/train/sharded_images.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/mpi/agreement.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

namespace {

Images digits(Index count) {
    return {std::make_unique<BuiltinDigits>(0, DigitSet::train, count), count};
}

/// Images without ink.
ShardedImages blank(const mpi::Communicator& comm, Index rows, Index cols) {
    constexpr Index count = 60;
    return {{count, rows, cols, true, "images of " + std::to_string(rows) + " x " + std::to_string(cols)},
            HostColumns(comm, rows * cols, Tiling(count), 1)};
}

}  // namespace

TEST_CASE("the hash of images is the same on any ranks, and on one that reads them alone") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const Index count : {Index{1}, Index{100}, Index{1500}}) {
        const ShardedImages sharded = shard_images(
            world, [&] { return digits(count); }, 1);
        CHECK(sharded.columns.tiles().tiling().columns() == count);
        const std::string hash = images_sha256(world, sharded);
        if (world.is_root()) CHECK(hash == images_sha256(*digits(count).source, count));
    }
}

TEST_CASE("figures of one tile are the same where the ranks and threads of a host share it") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const mpi::Communicator self(MPI_COMM_SELF);
    constexpr Index count = 150;
    const EvaluationSettings settings{.shape = autoencoder(784, 5)};
    const std::vector<double> theta = initial_theta(settings.shape, 1);
    const ForwardFigures alone = distributed_figures(self,
                                                     shard_images(
                                                         self, [] { return digits(count); }, 1),
                                                     theta, settings, 1);
    const ForwardFigures shared = distributed_figures(world,
                                                      shard_images(
                                                          world, [] { return digits(count); }, 2),
                                                      theta, settings, 2);
    if (!world.is_root()) return;
    CHECK(shared.error == alone.error);
    CHECK(shared.mean_activations == alone.mean_activations);
}

TEST_CASE("images whose size has changed since the start are refused on all ranks") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Shape shape = autoencoder(16, 2);
    const std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    const auto figures = [&](const ShardedImages& images) {
        return distributed_figures(world, images, theta, {.shape = shape}, 1);
    };
    const ForwardFigures same = figures(blank(world, 2, 8));
    if (world.is_root()) CHECK(same.error == Approx(2));
    for (const Index rows : {Index{3}, Index{400}}) {
        const ShardedImages other = blank(world, rows, 4);
        CHECK_THROWS_WITH((void)figures(other),
                          ContainsSubstring("images of " + std::to_string(rows) + " x 4") &&
                              ContainsSubstring("expected images of 16 pixels"));
    }
}
