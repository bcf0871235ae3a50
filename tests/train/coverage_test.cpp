// An evaluation that leaves something out ends the run.
#include "catch.hpp"
#include "sae/core/error.hpp"
#include "train/small_training.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

TEST_CASE("a rank that silently skips a tile ends the run") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    constexpr Index m = 700;
    const Tiling tiling(m);
    REQUIRE(tiling.tiles() > 2);
    for (const bool skips : {false, true}) {
        const HostColumns columns(world, 30, tiling, 1);
        const ColumnTiles& all = columns.tiles();
        const ColumnTiles seen = all.part(all.first_tile(), all.last_tile() - (skips ? 1 : 0));
        SpaceSettings settings;
        settings.evaluation.shape = {30, 5, 30};
        DistributedSpace space(world, settings, seen, seen);
        const auto evaluate = [&] {
            if (!world.is_root()) return space.serve();
            space.write(DistributedSpace::Vector::x, initial_theta(space.shape(), 1));
            static_cast<void>(space.start());
            space.stop();
        };
        if (skips)
            CHECK_THROWS_WITH(evaluate(), ContainsSubstring("the evaluation covered") &&
                                              ContainsSubstring("of 700 columns"));
        else
            CHECK_NOTHROW(evaluate());
    }
}
