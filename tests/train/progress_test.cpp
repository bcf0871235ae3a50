// Between a reduction's start and the wait for it the program must call MPI, or nothing moves on most
// networks. The calls are recorded by MPI's profiling interface: the functions are defined here and call
// PMPI.
#include <mpi.h>

#include <random>
#include <string>

#include "catch.hpp"
#include "sae/core/initialise.hpp"
#include "sae/train/distributed_space.hpp"

namespace {

/// A letter a call: A all-reduce and S exchange started, T tested, W waited.
std::string calls;

}  // namespace

extern "C" {

int MPI_Iallreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
    calls += 'A';
    return PMPI_Iallreduce(from, to, count, type, op, comm, request);
}

int MPI_Ialltoallv(const void* from, const int* counts, const int* displacements, MPI_Datatype type, void* to,
                   const int* to_counts, const int* to_displacements, MPI_Datatype to_type, MPI_Comm comm,
                   MPI_Request* request) {
    calls += 'S';
    return PMPI_Ialltoallv(from, counts, displacements, type, to, to_counts, to_displacements, to_type, comm,
                           request);
}

/// Never complete, as on a slow network, so that the test sees every call.
int MPI_Test(MPI_Request* /*request*/, int* complete, MPI_Status* /*status*/) {
    calls += 'T';
    *complete = 0;
    return MPI_SUCCESS;
}

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
    calls += 'W';
    return PMPI_Wait(request, status);
}

}  // extern "C"

using namespace sae;

namespace {

/// The number of tests between the first call `start` and the call after them, which must be `end`.
std::size_t tests_between(char start, char end) {
    const std::size_t from = calls.find(start);
    REQUIRE(from != std::string::npos);
    const std::size_t to = calls.find_first_not_of('T', from + 1);
    REQUIRE(to != std::string::npos);
    CHECK(calls[to] == end);
    return to - from - 1;
}

}  // namespace

TEST_CASE(
    "both reductions of an evaluation are started, looked after by MPI between tiles, and then waited for") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Shape shape{32, 8, 32};
    const Tiling tiling(8192);  // 16 tiles of 512 columns
    const Sharing as_on_several_nodes{false, {}};
    HostColumns columns(world, shape.inputs, tiling, 1, as_on_several_nodes);
    std::mt19937 random(1);
    std::vector<std::uint8_t> column(static_cast<std::size_t>(shape.inputs));
    for (Index c = columns.tiles().first_column(); c < columns.tiles().last_column(); ++c) {
        for (std::uint8_t& byte : column) byte = static_cast<std::uint8_t>(random());
        columns.tiles().put(c, column);
    }
    SpaceSettings settings;
    settings.evaluation.shape = shape;
    settings.hyperparameters = {1e-3, 0.1, 3};
    settings.sharing = as_on_several_nodes;
    DistributedSpace space(world, settings, columns.tiles(), columns.tiles());
    if (world.is_root()) {
        const StopGuard guard(space);
        space.write(DistributedSpace::Vector::x, initial_theta(shape, 1));
        calls.clear();
        CHECK(space.start().finite());
    } else {
        space.serve();
    }
    INFO(calls);
    CHECK(tests_between('A', 'W') >= 8);
    CHECK(tests_between('S', 'S') >= 1);
}
