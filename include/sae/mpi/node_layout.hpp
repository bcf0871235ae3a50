#pragma once
#include <cstdint>
#include <vector>

namespace sae::mpi {

/// Which ranks of a communicator form a node, and how many cores (threads) each has; the same on all ranks.
///
/// A *host* is a machine, as MPI sees it. A *node* here is a set of ranks that share memory: usually all
/// ranks of a host, but it can be fewer, down to a single rank (see DistributedObjective::make_cluster). The
/// ranks of a node are its *members*.
///
/// Nodes are numbered in the order of their lowest ranks, members in the order of their ranks; so rank 0 is
/// member 0 of node 0. Cores are numbered over all nodes, node by node and member by member.
class NodeLayout {
  public:
    /// For each rank r: node_of[r] is a number that the ranks of one node have in common and no other rank
    /// has, and cores[r] >= 1 its number of cores.
    NodeLayout(const std::vector<std::int64_t>& node_of, const std::vector<std::int64_t>& cores);

    [[nodiscard]] int ranks() const { return static_cast<int>(places_.size()); }
    [[nodiscard]] int nodes() const { return static_cast<int>(members_.size()); }
    [[nodiscard]] int node(int rank) const { return place(rank).node; }
    /// This rank among the ranks of its node.
    [[nodiscard]] int member(int rank) const { return place(rank).member; }
    /// The number of ranks of a node.
    [[nodiscard]] int members(int node) const { return static_cast<int>(ranks_of(node).size()); }
    [[nodiscard]] int rank(int node, int member) const {
        return ranks_of(node)[static_cast<std::size_t>(member)];
    }

    [[nodiscard]] int cores(int rank) const { return place(rank).cores; }
    /// The first core of a rank, counted over all nodes.
    [[nodiscard]] int first_core(int rank) const { return place(rank).first_core; }
    /// The first core of a node, counted over all nodes; first_core_of_node(nodes()) is all_cores().
    [[nodiscard]] int first_core_of_node(int node) const {
        return first_cores_[static_cast<std::size_t>(node)];
    }
    [[nodiscard]] int cores_of_node(int node) const {
        return first_core_of_node(node + 1) - first_core_of_node(node);
    }
    [[nodiscard]] int all_cores() const { return first_cores_.back(); }

  private:
    struct Place {
        int node = 0;
        int member = 0;
        int cores = 1;
        int first_core = 0;
    };

    [[nodiscard]] const Place& place(int rank) const { return places_[static_cast<std::size_t>(rank)]; }
    [[nodiscard]] const std::vector<int>& ranks_of(int node) const {
        return members_[static_cast<std::size_t>(node)];
    }

    std::vector<Place> places_;              ///< by rank
    std::vector<std::vector<int>> members_;  ///< the ranks of each node
    std::vector<int> first_cores_;           ///< by node, and the number of all cores
};

}  // namespace sae::mpi
