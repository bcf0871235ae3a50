#include "final_figures.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "sae/mpi/agreement.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

namespace {

/// Images without ink.
ShardedImages blank(const mpi::Communicator& comm, Index rows, Index cols) {
    constexpr Index count = 60;
    return {{count, rows, cols, true, "images of " + std::to_string(rows) + " x " + std::to_string(cols)},
            HostColumns(comm, rows * cols, Tiling(count), 1)};
}

}  // namespace

TEST_CASE("test images that became of another size since the start are refused on all ranks") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const ShardedImages train = blank(world, 4, 4);
    const Shape shape = autoencoder(16, 2);
    const std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    const auto figures = [&](const ShardedImages& test) {
        return final_figures(world, train, &test, theta, {.shape = shape});
    };
    const FinalFigures same = figures(blank(world, 2, 8));
    if (world.is_root()) CHECK(same.test_error.value() == Approx(2));
    for (const Index rows : {Index{3}, Index{400}}) {
        const ShardedImages other = blank(world, rows, 4);
        CHECK_THROWS_WITH((void)figures(other),
                          ContainsSubstring("images of " + std::to_string(rows) + " x 4") &&
                              ContainsSubstring("expected images of 16 pixels"));
    }
}
