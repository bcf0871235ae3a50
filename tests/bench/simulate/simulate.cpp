// One training's evaluations and steps of L-BFGS on simulated nodes: the code of core, mpi and train as it
// is, run by SimGrid's SMPI. See run.py.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sae/core/initialise.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/train/distributed_space.hpp"

// Phases and timings are in simulated time.
std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
    return time_point(std::chrono::duration_cast<duration>(std::chrono::duration<double>(MPI_Wtime())));
}

namespace {

using namespace sae;

struct Setting {
    Index columns, hidden, ranks_a_node;
    int iterations;
};

/// The images that this rank loads, drawn once for each.
HostColumns load(const mpi::Communicator& world, const Setting& setting, const Sharing& sharing) {
    HostColumns columns(world, 28 * 28, Tiling(setting.columns), 1, sharing);
    const ColumnRun own = columns.runs()[static_cast<std::size_t>(world.rank())];
    // A few hundred different images say enough about speed.
    constexpr Index different = 200;
    BuiltinDigits digits(1, DigitSet::train, different, 1);
    std::vector<std::uint8_t> images(different * 28 * 28);
    digits.read(0, images);
    for (Index c = own.first; c < own.last; ++c)
        columns.tiles().put(
            c, std::span(images).subspan(static_cast<std::size_t>(c % different * 28 * 28), 28 * 28));
    return columns;
}

void run(const mpi::Communicator& world, const Setting& setting) {
    const Sharing sharing{true, world.rank() / setting.ranks_a_node};
    const HostColumns columns = load(world, setting, sharing);
    SpaceSettings space_settings;
    space_settings.evaluation.shape = {28 * 28, setting.hidden, 28 * 28};
    space_settings.hyperparameters = {3e-3, 0.1, 3};
    space_settings.history = 10;
    space_settings.sharing = sharing;
    DistributedSpace space(world, space_settings, columns.tiles(), columns.tiles());
    if (!world.is_root()) {
        space.serve();
        return;
    }
    const StopGuard guard(space);
    space.write(DistributedSpace::Vector::x, initial_theta(space.shape(), 1));
    space.start();
    double least_evaluation = 1e300, least_step = 1e300;
    for (int repeat = 0; repeat < setting.iterations; ++repeat) {
        const double begin = MPI_Wtime();
        space.try_step(0);
        least_evaluation = std::min(least_evaluation, MPI_Wtime() - begin);
    }
    // Iterations with one evaluation each, once the history is full.
    Gram gram(10);
    space.set_direction(gram.direction());
    space.try_step(1e-3);
    gram.push(space.accept());
    for (int step = 0; step < 10 + setting.iterations; ++step) {
        const double begin = MPI_Wtime();
        space.set_direction(gram.direction());
        space.try_step(1);
        gram.push(space.accept());
        if (step >= 10) least_step = std::min(least_step, MPI_Wtime() - begin);
    }
    std::printf("{\"evaluation\": %.9g, \"iteration\": %.9g, \"messages\": %lld}\n", least_evaluation,
                least_step, static_cast<long long>(space.traffic().messages));
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    if (argc != 5) return 2;
    const Setting setting{std::atoll(argv[1]), std::atoll(argv[2]), std::atoll(argv[3]), std::atoi(argv[4])};
    {
        const mpi::Communicator world(MPI_COMM_WORLD);
        run(world, setting);
    }
    MPI_Finalize();
    return 0;
}
