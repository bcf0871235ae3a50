#include "sae/mpi/node_memory.hpp"

#include <algorithm>

#include "catch.hpp"

using sae::mpi::Communicator;
using sae::mpi::NodeMemory;

TEST_CASE("the ranks of a node read what one of them writes") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory memory(comm, 5000);
    REQUIRE(memory.bytes().size() == 5000);
    CHECK(std::ranges::all_of(memory.bytes(), [](std::byte each) { return each == std::byte{0}; }));
    CHECK(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % 64 == 0);
    comm.barrier();
    memory.bytes()[static_cast<std::size_t>(comm.rank())] = static_cast<std::byte>(comm.rank() + 1);
    comm.barrier();
    for (int rank = 0; rank < comm.size(); ++rank)
        CHECK(memory.bytes()[static_cast<std::size_t>(rank)] == static_cast<std::byte>(rank + 1));
}

TEST_CASE("two memories do not overlap") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory one(comm, 1), other(comm, 1);
    REQUIRE(one.bytes().size() == 1);
    REQUIRE(other.bytes().size() == 1);
    one.bytes()[0] = std::byte{7};
    comm.barrier();
    CHECK(other.bytes()[0] == std::byte{0});
}

TEST_CASE("more memory than there is: none is granted, on all ranks") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory memory(comm, std::size_t{1} << 60);
    CHECK(memory.bytes().empty());
}
