// The messages of an iteration: only leaders call MPI, and the number of calls depends on the nodes, not on
// their ranks. The calls are counted by MPI's profiling interface: the functions are defined here and call
// PMPI.
#include <mpi.h>

#include <map>
#include <string>

#include "catch.hpp"
#include "train/small_training.hpp"

namespace {

std::map<std::string, int> calls;

}  // namespace

extern "C" {

int MPI_Allreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
    ++calls["Allreduce"];
    return PMPI_Allreduce(from, to, count, type, op, comm);
}

int MPI_Iallreduce(const void* from, void* to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                   MPI_Request* request) {
    ++calls["Iallreduce"];
    return PMPI_Iallreduce(from, to, count, type, op, comm, request);
}

int MPI_Ialltoallv(const void* from, const int* counts, const int* displacements, MPI_Datatype type, void* to,
                   const int* to_counts, const int* to_displacements, MPI_Datatype to_type, MPI_Comm comm,
                   MPI_Request* request) {
    ++calls["Ialltoallv"];
    return PMPI_Ialltoallv(from, counts, displacements, type, to, to_counts, to_displacements, to_type, comm,
                           request);
}

int MPI_Iallgatherv(const void* from, int count, MPI_Datatype type, void* to, const int* counts,
                    const int* displacements, MPI_Datatype to_type, MPI_Comm comm, MPI_Request* request) {
    ++calls["Iallgatherv"];
    return PMPI_Iallgatherv(from, count, type, to, counts, displacements, to_type, comm, request);
}

int MPI_Bcast(void* values, int count, MPI_Datatype type, int root, MPI_Comm comm) {
    ++calls["Bcast"];
    return PMPI_Bcast(values, count, type, root, comm);
}

int MPI_Barrier(MPI_Comm comm) {
    ++calls["Barrier"];
    return PMPI_Barrier(comm);
}

int MPI_Send(const void* values, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
    ++calls["Send"];
    return PMPI_Send(values, count, type, to, tag, comm);
}

int MPI_Test(MPI_Request* request, int* complete, MPI_Status* status) {
    ++calls["Test or Wait"];
    return PMPI_Test(request, complete, status);
}

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
    ++calls["Test or Wait"];
    return PMPI_Wait(request, status);
}

}  // extern "C"

using namespace sae;
using sae::test::SmallTraining;

namespace {

using Calls = std::map<std::string, int>;

/// The calls of this rank in one iteration with one evaluation, and in the wait for its end.
Calls calls_of_iteration(const mpi::Communicator& comm, const Sharing& sharing) {
    SmallTraining training(
        comm, Precision::double_precision, [] { return StopRequest::none; }, sharing);
    training.on_root([&](DistributedSpace& space) {
        space.write(DistributedSpace::Vector::x, initial_theta(SmallTraining::shape(), 1));
        space.start();
    });
    calls.clear();
    training.on_root([&](DistributedSpace& space) {
        Gram gram(4);
        space.set_direction(gram.direction());
        space.try_step(1e-3);
        gram.push(space.accept());
    });
    Calls counted = calls;
    counted.erase("Test or Wait");
    if (counted.empty()) CHECK(calls.empty());
    return counted;
}

}  // namespace

TEST_CASE("the calls of an iteration do not depend on the ranks of a node, and only leaders call") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    // Direction, trial, acceptance and end are commands; slope, cost and dot products are sums.
    const Calls of_leader{
        {"Bcast", 4}, {"Iallgatherv", 3}, {"Iallreduce", 1}, {"Ialltoallv", 3}, {"Allreduce", 3}};
    const auto check = [&](const Sharing& sharing, bool sends) {
        CHECK(calls_of_iteration(world, sharing) == (sends ? of_leader : Calls{}));
    };
    check({true, {}}, false);
    check({false, {}}, world.size() > 1);
    if (world.size() > 1) check({true, world.rank() % 2}, world.rank() < 2);
}

TEST_CASE("the reported bytes and messages are those of the nodes") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Index words = SmallTraining::shape().size();
    const auto traffic = [&](const Sharing& sharing) {
        SmallTraining training(
            world, Precision::double_precision, [] { return StopRequest::none; }, sharing);
        Traffic own;
        training.on_root([&](DistributedSpace& space) { own = space.traffic(); });
        return own;
    };
    CHECK(traffic({true, {}}) == Traffic{});
    const int nodes = std::min(world.size(), 2);
    const Traffic of_two = traffic({true, world.rank() % 2});
    if (world.is_root() && nodes == 2) {
        CHECK(of_two.hidden_sums == 8 * (2 * 50 + 1));
        // The other node's half and this node's, in whole blocks.
        CHECK(of_two.gradient + of_two.theta == 8 * words);
        CHECK(of_two.gradient > 8 * words / 4);
        // Each way a run of W1 and of W2; the one block of biases is the other node's.
        CHECK(of_two.messages == 5);
    }
    const Traffic of_all = traffic({false, {}});
    if (world.is_root() && world.size() == 2) CHECK(of_all == of_two);
}
