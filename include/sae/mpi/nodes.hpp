#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sae/mpi/communicator.hpp"
#include "sae/mpi/node_layout.hpp"
#include "sae/mpi/node_memory.hpp"

namespace sae::mpi {

/// Collective: a number that the ranks of `comm` on this rank's host have in common and no other rank has.
/// Ranks are on one host if MPI says that they can share memory.
[[nodiscard]] std::int64_t host_number(const Communicator& comm);

/// Collective: for each rank, a number that the ranks with this `key` have in common and no other rank has.
/// Keys themselves are compared, not hashes.
[[nodiscard]] std::vector<std::int64_t> numbers_of_equal(const Communicator& comm, const std::string& key);

/// The nodes of a communicator: their layout, a communicator for the ranks of this node, and one for the
/// leaders of all nodes. The leader of a node is its member 0.
class Nodes {
  public:
    /// Collective. `comm` must outlive this; `layout` is the same on all ranks.
    Nodes(const Communicator& comm, NodeLayout layout);

    [[nodiscard]] const Communicator& comm() const { return comm_; }
    [[nodiscard]] const NodeLayout& layout() const { return layout_; }
    [[nodiscard]] int node() const { return layout_.node(comm_.rank()); }
    [[nodiscard]] int member() const { return layout_.member(comm_.rank()); }
    [[nodiscard]] int members() const { return layout_.members(node()); }
    [[nodiscard]] bool is_leader() const { return member() == 0; }
    /// The ranks of this node, by member.
    [[nodiscard]] const Communicator& local() const { return local_; }
    /// On leaders: one rank of each node, by node.
    [[nodiscard]] const Communicator& leaders() const { return leaders_; }

  private:
    const Communicator& comm_;
    NodeLayout layout_;
    Communicator local_;
    Communicator leaders_;  ///< on ranks that do not lead: a communicator of those, unused
};

/// Nodes whose ranks see the same memory.
struct SharedNodes {
    std::unique_ptr<Nodes> nodes;
    NodeMemory memory;  ///< empty on a node of one rank, which needs none
};

/// Collective: the ranks with the same number in `node_of` (all >= 0) become a node that shares bytes(layout,
/// node) bytes. Where the system does not grant them, each rank becomes a node of its own. `cores` is the
/// number of cores of this rank; `comm` must outlive the result.
[[nodiscard]] SharedNodes share_memory(const Communicator& comm, std::vector<std::int64_t> node_of, int cores,
                                       const std::function<std::size_t(const NodeLayout&, int node)>& bytes);

/// Collective over `comm`: the processors on which the ranks of `comm` (of one host) may run, all together.
[[nodiscard]] int processors_of(const Communicator& comm);

}  // namespace sae::mpi
