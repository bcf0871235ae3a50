#include "sae/mpi/nodes.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "sae/mpi/failure.hpp"
#include "sae/mpi/placement.hpp"

namespace sae::mpi {

std::int64_t host_number(const Communicator& comm) {
    MPI_Comm host = MPI_COMM_NULL;
    check(MPI_Comm_split_type(comm.handle(), MPI_COMM_TYPE_SHARED, comm.rank(), MPI_INFO_NULL, &host),
          "MPI_Comm_split_type");
    std::int64_t lowest = comm.rank();
    const int code = MPI_Bcast(&lowest, 1, MPI_INT64_T, 0, host);
    MPI_Comm_free(&host);
    check(code, "MPI_Bcast");
    return lowest;
}

std::vector<std::int64_t> numbers_of_equal(const Communicator& comm, const std::string& key) {
    const std::vector<std::string> keys = comm.all_gather_text(key);
    std::vector<std::int64_t> numbers;
    for (const std::string& each : keys) numbers.push_back(std::ranges::find(keys, each) - keys.begin());
    return numbers;
}

Nodes::Nodes(const Communicator& comm, NodeLayout layout)
    : comm_(comm),
      layout_(std::move(layout)),
      local_(comm.split(node(), member())),
      leaders_(comm.split(is_leader() ? 0 : 1, node())) {}

SharedNodes share_memory(const Communicator& comm, std::vector<std::int64_t> node_of, int cores,
                         const std::function<std::size_t(const NodeLayout&, int node)>& bytes) {
    const std::vector<std::int64_t> all_cores = comm.all_gather_value(static_cast<std::int64_t>(cores));
    for (;;) {
        SharedNodes shared{std::make_unique<Nodes>(comm, NodeLayout(node_of, all_cores)), {}};
        const Nodes& nodes = *shared.nodes;
        const bool alone = nodes.members() == 1;
        if (!alone)
            shared.memory =
                NodeMemory(nodes.local(), std::max<std::size_t>(1, bytes(nodes.layout(), nodes.node())));
        const bool refused = !alone && shared.memory.bytes().empty();
        const std::vector<std::int64_t> refusals =
            comm.all_gather_value(static_cast<std::int64_t>(refused ? 1 : 0));
        if (std::ranges::count(refusals, 0) == comm.size()) return shared;
        // A different number for each rank; negative, because callers pass numbers >= 0.
        for (std::size_t rank = 0; rank < refusals.size(); ++rank)
            if (refusals[rank] != 0) node_of[rank] = -1 - static_cast<std::int64_t>(rank);
    }
}

int processors_of(const Communicator& comm) {
    // Counts the ranks of each processor; those with a count are in the union.
    std::vector<std::int64_t> ranks(Place::max_cores, 0);
    for (const std::size_t processor : bound_processors()) ranks[processor] = 1;
    comm.all_reduce_sum(ranks);
    return static_cast<int>(std::ranges::count_if(ranks, [](std::int64_t n) { return n > 0; }));
}

}  // namespace sae::mpi
