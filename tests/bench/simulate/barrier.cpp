// The barrier of a node for the simulation, in place of src/core/barrier.cpp. The ranks are coroutines of one
// thread, so none may poll memory: they wait in SimGrid's own barrier.
#include "barrier.hpp"

#include <mpi.h>
#include <simgrid/actor.h>
#include <simgrid/barrier.h>

namespace sae {
namespace {

/// What the real barrier takes from the last core's arrival to the others' departure: a transfer of a cache
/// line between two cores takes about 0.1 microseconds, and there are about four one after the other on each
/// level of 8 cores, and two for the release.
double seconds(int cores) {
    double transfers = 2;
    for (int left = cores; left > 1; left = (left + 7) / 8) transfers += 4;
    return 1e-7 * transfers;
}

}  // namespace

std::vector<Barrier::Level> Barrier::levels(int cores) {
    return {{0, cores}};
}

std::size_t Barrier::bytes(int /*cores*/) {
    return sizeof(sg_bar_t);
}

Barrier::Barrier(std::span<std::byte> memory, int cores, std::chrono::microseconds spin)
    : memory_(memory), levels_(levels(cores)), spin_(spin) {}

/// The time since the last call of MPI is counted first, and nothing that others compute meanwhile. Messages
/// need no progress from here: SMPI makes it.
bool Barrier::meet(int /*core*/, const std::function<void()>& /*idle*/) {
    const int cores = levels_.front().children;
    smpi_bench_end();
    if (cores == 1) {
        smpi_bench_begin();
        return true;
    }
    sg_bar_t& barrier = *reinterpret_cast<sg_bar_t*>(memory_.data());
    if (barrier == nullptr) barrier = sg_barrier_init(static_cast<unsigned>(cores));
    sg_barrier_wait(barrier);
    sg_actor_sleep_for(seconds(cores));
    smpi_bench_begin();
    return true;
}

void Barrier::break_up() {}

void Barrier::mend() {}

}  // namespace sae
