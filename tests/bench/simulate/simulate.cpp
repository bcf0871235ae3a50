// One training's evaluations and steps of L-BFGS on simulated nodes: the code of core, mpi and train as it
// is, run by SimGrid's SMPI. See run.py.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "computing_time.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/train/distributed_space.hpp"

// A call of MPI_Wtime() takes longer than the phases that it would time. No two times are equal, as names are
// made of them.
std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
    static duration calls{0};
    return time_point(++calls);
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

constexpr int history = 10;

/// Pairs without meaning: a full history without so many evaluations.
void fill_history(DistributedSpace& space) {
    const std::vector<double> pair(static_cast<std::size_t>(space.shape().size()), 1e-9);
    for (int i = 0; i < history; ++i) space.append_pair(pair, pair);
}

/// Their dot products, such that the direction is that of the steepest descent.
Gram full_gram() {
    Gram gram(history);
    for (int i = 1; i <= history; ++i) {
        PairDots dots;
        for (std::vector<double>* numbers : {&dots.s_y, &dots.y_y, &dots.s_g, &dots.y_g})
            numbers->assign(static_cast<std::size_t>(i), 0);
        dots.s_y.back() = dots.y_y.back() = 1;
        gram.push(dots);
    }
    return gram;
}

void run(const mpi::Communicator& world, const Setting& setting) {
    const Sharing sharing{true, world.rank() / setting.ranks_a_node};
    const HostColumns columns = load(world, setting, sharing);
    SpaceSettings space_settings;
    space_settings.evaluation.shape = {28 * 28, setting.hidden, 28 * 28};
    space_settings.hyperparameters = {3e-3, 0.1, 3};
    space_settings.history = history;
    space_settings.sharing = sharing;
    DistributedSpace space(world, space_settings, columns.tiles(), columns.tiles());
    if (!world.is_root()) {
        space.serve();
        return;
    }
    const StopGuard guard(space);
    space.write(DistributedSpace::Vector::x, initial_theta(space.shape(), 1));
    space.start();
    fill_history(space);
    Gram gram = full_gram();
    double evaluation = 0, iteration = 0;
    for (int repeat = 0; repeat < setting.iterations; ++repeat) {
        simulation::next_repeat();
        const double begin = MPI_Wtime();
        space.set_direction(gram.direction());
        const double evaluation_begin = MPI_Wtime();
        space.try_step(1e-6);
        evaluation = MPI_Wtime() - evaluation_begin;
        gram.push(space.accept());
        iteration = MPI_Wtime() - begin;
    }
    std::printf("{\"evaluation\": %.9g, \"iteration\": %.9g, \"busy\": %.9g, \"messages\": %lld}\n",
                evaluation, iteration, simulation::busy_seconds(),
                static_cast<long long>(space.traffic().messages));
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
