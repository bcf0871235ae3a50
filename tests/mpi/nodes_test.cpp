#include "sae/mpi/nodes.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"

using sae::mpi::Communicator;
using sae::mpi::NodeLayout;
using sae::mpi::Nodes;
using sae::mpi::SharedNodes;

TEST_CASE("a layout numbers nodes by their lowest rank, and cores node by node") {
    const NodeLayout layout({7, 3, 7, 9, 3}, {1, 2, 3, 4, 5});
    CHECK(layout.ranks() == 5);
    CHECK(layout.nodes() == 3);
    std::vector<int> nodes, members, cores;
    for (int rank = 0; rank < 5; ++rank) {
        nodes.push_back(layout.node(rank));
        members.push_back(layout.member(rank));
        cores.push_back(layout.first_core(rank));
        CHECK(layout.rank(layout.node(rank), layout.member(rank)) == rank);
        CHECK(layout.cores(rank) == rank + 1);
    }
    CHECK(nodes == std::vector<int>{0, 1, 0, 2, 1});
    CHECK(members == std::vector<int>{0, 0, 1, 0, 1});
    CHECK(cores == std::vector<int>{0, 4, 1, 11, 6});
    CHECK(layout.members(0) == 2);
    CHECK(layout.members(2) == 1);
    CHECK(layout.first_core_of_node(1) == 4);
    CHECK(layout.cores_of_node(1) == 7);
    CHECK(layout.all_cores() == 15);
}

TEST_CASE("the ranks of a test are on one host, and equal keys have equal numbers") {
    const Communicator comm(MPI_COMM_WORLD);
    CHECK(sae::mpi::host_number(comm) == 0);
    const auto numbers = sae::mpi::numbers_of_equal(comm, comm.rank() % 2 == 0 ? "even" : "odd");
    for (std::size_t rank = 0; rank < numbers.size(); ++rank)
        CHECK(numbers[rank] == static_cast<std::int64_t>(rank % 2));
    CHECK(sae::mpi::processors_of(comm) >= 1);
}

TEST_CASE("nodes share memory, and their leaders have a communicator") {
    const Communicator comm(MPI_COMM_WORLD);
    std::vector<std::int64_t> node_of(static_cast<std::size_t>(comm.size()));
    for (std::size_t rank = 0; rank < node_of.size(); ++rank)
        node_of[rank] = static_cast<std::int64_t>(rank % 2);
    const SharedNodes shared =
        sae::mpi::share_memory(comm, node_of, 2, [](const NodeLayout& layout, int node) {
            return static_cast<std::size_t>(layout.members(node)) * sizeof(int);
        });
    const Nodes& nodes = *shared.nodes;
    CHECK(nodes.node() == comm.rank() % 2);
    CHECK(nodes.member() == comm.rank() / 2);
    CHECK(nodes.local().size() == nodes.members());
    CHECK(nodes.local().rank() == nodes.member());
    CHECK(nodes.is_leader() == (comm.rank() < 2));
    if (nodes.is_leader()) {
        CHECK(nodes.leaders().size() == nodes.layout().nodes());
        CHECK(nodes.leaders().rank() == nodes.node());
    }
    if (nodes.members() == 1) {
        CHECK(shared.memory.bytes().empty());
        return;
    }
    auto* const values = reinterpret_cast<int*>(shared.memory.bytes().data());
    values[nodes.member()] = 100 + comm.rank();
    nodes.local().barrier();
    for (int member = 0; member < nodes.members(); ++member)
        CHECK(values[member] == 100 + nodes.layout().rank(nodes.node(), member));
    nodes.local().barrier();
}

TEST_CASE("ranks whose node grants no memory are separate nodes, the others stay together") {
    const Communicator comm(MPI_COMM_WORLD);
    // The first two ranks request more than there is.
    std::vector<std::int64_t> node_of(static_cast<std::size_t>(comm.size()));
    for (std::size_t rank = 0; rank < node_of.size(); ++rank) node_of[rank] = rank < 2 ? 0 : 2;
    const SharedNodes shared =
        sae::mpi::share_memory(comm, node_of, 1, [](const NodeLayout& layout, int node) {
            return layout.rank(node, 0) == 0 ? std::size_t{1} << 60 : std::size_t{100};
        });
    const NodeLayout& layout = shared.nodes->layout();
    CHECK(layout.nodes() == std::min(comm.size(), 3));
    CHECK(layout.members(layout.node(0)) == 1);
    if (comm.size() > 1) CHECK(layout.node(1) == 1);
    if (comm.size() > 3) CHECK(layout.node(3) == layout.node(2));
    CHECK(shared.memory.bytes().size() == (comm.rank() >= 2 && comm.size() > 3 ? 100 : 0));
}
