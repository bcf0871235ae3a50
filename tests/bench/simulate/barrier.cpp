// The barrier of a node for the simulation, instead of src/core/barrier.cpp. The ranks are coroutines of one
// thread: one that waits must let the others run, so it sleeps in simulated time.
#include "barrier.hpp"

#include <mpi.h>

#include <algorithm>
#include <ctime>

namespace sae {
namespace {

constexpr std::size_t line_bytes = 64;
/// What the real barrier takes from the last core's arrival to the others' departure: a transfer of a cache
/// line between two cores takes about 0.1 microseconds, and there are about four one after the other on each
/// level of 8 cores, and two for the release.
double seconds(int cores) {
    double transfers = 2;
    for (int left = cores; left > 1; left = (left + 7) / 8) transfers += 4;
    return 1e-7 * transfers;
}

/// SMPI's own, which counts what was computed before, and nothing that others compute meanwhile.
void sleep_for(double duration) {
    const timespec time{0, static_cast<long>(1e9 * duration)};
    smpi_nanosleep(&time, nullptr);
}

}  // namespace

std::vector<Barrier::Level> Barrier::levels(int cores) {
    return {{0, cores}};
}

std::size_t Barrier::bytes(int /*cores*/) {
    return line_bytes;
}

Barrier::Barrier(std::span<std::byte> memory, int cores, std::chrono::microseconds spin)
    : memory_(memory), levels_(levels(cores)), spin_(spin) {}

std::uint32_t& Barrier::word(std::size_t which) const {
    return reinterpret_cast<std::uint32_t*>(memory_.data())[which];
}

bool Barrier::meet(int /*core*/, const std::function<void()>& idle) {
    const auto cores = static_cast<std::uint32_t>(levels_.front().children);
    if (cores == 1) return true;
    std::uint32_t &arrived = word(0), &phase = word(1);
    const std::uint32_t before = phase;
    if (++arrived == cores) {
        arrived = 0;
        sleep_for(seconds(static_cast<int>(cores)));
        ++phase;
        return true;
    }
    // A hundredth longer than needed at most.
    for (double waited = 0, step = 0; phase == before; waited += step) {
        if (idle) idle();
        step = std::clamp(waited / 100, 1e-7, 1e-4);
        sleep_for(step);
    }
    return true;
}

void Barrier::break_up() {}

void Barrier::mend() {}

}  // namespace sae
