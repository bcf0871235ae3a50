// guard_program CASE: fails in the way that CASE names; guard_test.py looks at what comes out.
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/mpi/guard.hpp"

namespace mpi = sae::mpi;

namespace {

int succeed() {
    return 0;
}

/// The last rank throws while the others wait in a collective that it never joins.
int alone(const mpi::Communicator& world) {
    std::array<std::int64_t, 1> sum{1};
    if (world.rank() == world.size() - 1) throw sae::Error("the culprit");
    world.all_reduce_sum(sum);
    return 0;
}

/// As alone(), with a collective under way on the rank that throws.
int under_way(const mpi::Communicator& world) {
    std::array<std::int64_t, 1> sum{1};
    if (world.rank() == world.size() - 1) {
        const mpi::Request request = world.start_all_reduce_sum(sum);
        throw sae::Error("the culprit");
    }
    world.barrier();
    return 0;
}

int all_alike() {
    throw sae::Error("the culprit");
}

/// The last rank fails first, the others a moment later, before it has spoken, as if from what it left
/// behind.
int one_after_another(const mpi::Communicator& world) {
    world.barrier();  // the ranks do not start at one moment
    if (world.rank() == world.size() - 1) throw sae::Error("the culprit");
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    throw sae::Error("a consequence");
}

int agreed_on_one(const mpi::Communicator& world) {
    mpi::agreed(world, [&] {
        if (world.rank() == world.size() - 1) throw sae::Error("the culprit");
    });
    return 0;
}

int agreed_on_all(const mpi::Communicator& world) {
    mpi::agreed(world, [] { throw sae::UsageError("the culprit"); });
    return 0;
}

/// The ranks of a group agree on an error of which the last rank, waiting elsewhere, knows nothing.
int agreed_in_a_group(const mpi::Communicator& world) {
    const bool last = world.rank() == world.size() - 1;
    const mpi::Communicator group = world.split(last ? 1 : 0, 0);
    if (!last) mpi::agreed(group, [] { throw sae::Error("the culprit"); });
    world.barrier();
    return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
    const mpi::Environment environment;
    const mpi::Communicator world(MPI_COMM_WORLD);
    const std::map<std::string, std::function<int()>> cases{
        {"succeed", succeed},
        {"status", [] { return 75; }},
        {"alone", [&] { return alone(world); }},
        {"under_way", [&] { return under_way(world); }},
        {"all_alike", all_alike},
        {"one_after_another", [&] { return one_after_another(world); }},
        {"agreed_on_one", [&] { return agreed_on_one(world); }},
        {"agreed_on_all", [&] { return agreed_on_all(world); }},
        {"agreed_in_a_group", [&] { return agreed_in_a_group(world); }},
    };
    return mpi::guard(environment, world, "guard_program", cases.at(argc > 1 ? argv[1] : ""));
}
