// Two levels: a training has the same bits whichever ranks share memory and however many threads they have.
#include <numeric>

#include "catch.hpp"
#include "train/small_training.hpp"

using namespace sae;
using sae::test::on_first_ranks;
using sae::test::SmallTraining;

namespace {

/// theta after 12 iterations, on rank 0, and the number of nodes.
struct Trained {
    std::vector<double> theta;
    int nodes = 0;
};

Trained trained(const mpi::Communicator& comm, Precision precision, const Sharing& sharing, int threads) {
    SmallTraining training(
        comm, precision, [] { return StopRequest::none; }, sharing, threads);
    Trained result;
    training.on_root([&](DistributedSpace& space) {
        result.nodes = space.layout().nodes();
        result.theta =
            training.train(SmallTraining::settings(), nullptr, [](const Lbfgs&, DistributedSpace&, bool) {})
                .theta;
    });
    return result;
}

/// That of one rank alone with one thread, on rank 0.
std::vector<double> trained_alone(const mpi::Communicator& world, Precision precision) {
    std::vector<double> theta;
    on_first_ranks(world, 1,
                   [&](const mpi::Communicator& group) { theta = trained(group, precision, {}, 1).theta; });
    return theta;
}

}  // namespace

TEST_CASE("neither nodes, ranks nor threads change a bit of a training") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
        const std::vector<double> alone = trained_alone(world, precision);
        if (world.is_root()) CHECK(alone.size() == static_cast<std::size_t>(SmallTraining::shape().size()));
        const auto check = [&](const Sharing& sharing, int threads, int nodes) {
            const Trained result = trained(world, precision, sharing, threads);
            if (!world.is_root()) return;
            CHECK(result.theta == alone);
            CHECK(result.nodes == nodes);
        };
        check({true, {}}, 1, 1);
        check({true, {}}, 2, 1);
        check({false, {}}, 1, world.size());
        check({false, {}}, 1 + world.rank(), world.size());
        // Two hosts: ranks assigned in turn, and one host after the other.
        check({true, world.rank() % 2}, 1, std::min(2, world.size()));
        check({true, 2 * world.rank() / world.size()}, 1 + world.rank() % 2, std::min(2, world.size()));
    }
}

TEST_CASE("more ranks than tiles: a node without columns takes part") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Shape shape{30, 20, 30};
    const Tiling tiling(40);
    REQUIRE(tiling.tiles() == 1);
    for (const bool sparse : {true, false}) {
        std::vector<double> costs;
        for (const bool share : {true, false}) {
            SpaceSettings settings;
            settings.evaluation.shape = shape;
            settings.evaluation.always_means = true;
            settings.hyperparameters = {1e-3, 0.1, sparse ? 3.0 : 0.0};
            settings.sharing.memory = share;
            HostColumns columns(world, shape.inputs, tiling, 1, settings.sharing);
            const ColumnRun own = columns.runs()[static_cast<std::size_t>(world.rank())];
            std::vector<std::uint8_t> column(30);
            for (Index c = own.first; c < own.last; ++c) {
                std::iota(column.begin(), column.end(), static_cast<std::uint8_t>(7 * c));
                columns.tiles().put(c, column);
            }
            world.barrier();
            DistributedSpace space(world, settings, columns.tiles(), columns.tiles());
            if (world.is_root()) {
                const StopGuard guard(space);
                space.write(DistributedSpace::Vector::x, initial_theta(shape, 1));
                const Trial trial = space.start();
                costs.insert(costs.end(), {trial.cost, trial.gradient_norm, trial.x_norm});
            } else {
                space.serve();
            }
            CHECK(space.evaluation().mean_activations().size() == 20);
            CHECK(space.evaluation().mean_activations()[3] > 0);
        }
        if (world.is_root()) {
            CHECK(std::isfinite(costs[0]));
            CHECK(std::equal(costs.begin(), costs.begin() + 3, costs.begin() + 3));
        }
    }
}

TEST_CASE("each column is loaded by one rank, and each tile is seen by one host") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const Index m : {1, 40, 700, 5000, 60000}) {
        const Tiling tiling(m);
        for (const Sharing& sharing :
             {Sharing{true, {}}, Sharing{false, {}}, Sharing{true, world.rank() % 2}}) {
            const HostColumns columns(world, 1, tiling, 1 + world.rank() % 3, sharing);
            std::vector<ColumnRun> runs = columns.runs();
            const ColumnRun own = runs[static_cast<std::size_t>(world.rank())];
            if (own.first < own.last) {
                CHECK(own.first >= columns.tiles().first_column());
                CHECK(own.last <= columns.tiles().last_column());
            }
            std::ranges::sort(runs, {}, [](const ColumnRun& run) { return std::pair(run.first, run.last); });
            Index next = 0;
            for (const ColumnRun& run : runs) {
                CHECK(run.first == next);
                next = run.last;
            }
            CHECK(next == m);
            CHECK(columns.own_tiles().first_tile() >= columns.tiles().first_tile());
            CHECK(columns.own_tiles().last_tile() <= columns.tiles().last_tile());
            std::array<std::int64_t, 1> tiles{columns.own_tiles().last_tile() -
                                              columns.own_tiles().first_tile()};
            world.all_reduce_sum(tiles);
            CHECK(tiles[0] == tiling.tiles());
        }
    }
}
