#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sae/core/crew.hpp"
#include "sae/mpi/nodes.hpp"

namespace sae {

/// The parts of a cluster.
struct ClusterSettings {
    int threads = 1;  ///< of this rank
    /// For each rank, a number that the ranks of a node have in common; see mpi::share_memory.
    std::vector<std::int64_t> node_of;
    /// The bytes that the ranks of a node request by memory().
    std::function<std::size_t(const mpi::NodeLayout&, int node)> bytes;
    std::size_t most_words = 0;  ///< that collect() or broadcast() is called with
};

/// The cores of all ranks, on two levels: the cores of a node share memory, nodes exchange messages, which
/// the leader of each node sends and receives. No other rank calls MPI here, so the messages do not depend on
/// how many ranks a node has. All sums are sums of integers and do not depend on the layout.
class Cluster {
  public:
    /// Collective. `comm` must outlive this.
    Cluster(const mpi::Communicator& comm, const ClusterSettings& settings);

    [[nodiscard]] const mpi::Communicator& comm() const { return nodes_.nodes->comm(); }
    [[nodiscard]] const mpi::NodeLayout& layout() const { return nodes_.nodes->layout(); }
    [[nodiscard]] int rank() const { return comm().rank(); }
    [[nodiscard]] int node() const { return nodes_.nodes->node(); }
    [[nodiscard]] bool is_leader() const { return nodes_.nodes->is_leader(); }
    /// On a leader: the ranks that exchange messages, by node.
    [[nodiscard]] const mpi::Communicator& leaders() const { return nodes_.nodes->leaders(); }
    /// Whether there is another node, and this rank exchanges messages with it.
    [[nodiscard]] bool sends() const { return is_leader() && layout().nodes() > 1; }

    /// The cores of this node.
    [[nodiscard]] const std::shared_ptr<Crew>& crew() const { return crew_; }
    [[nodiscard]] int threads() const { return crew_->threads(); }
    /// `count` numbers that all ranks of the node see, 0 at first. All request the same in the same order.
    template <class T>
    [[nodiscard]] std::span<T> memory(std::size_t count) {
        return {reinterpret_cast<T*>(crew_->memory(count * sizeof(T)).data()), count};
    }

    /// Calls work(thread, sums) on each thread of this rank, with `count` <= most_words integers `sums`, all
    /// 0. Its result there is this core's part for add_up().
    void collect(std::size_t count,
                 const std::function<void(int thread, std::span<std::int64_t> sums)>& work);

    /// Collective, after collect(): `totals` becomes the sums over the cores of all nodes.
    void add_up(std::span<std::int64_t> totals);

    /// Copies the numbers of rank 0 to all ranks. The lengths are equal.
    void broadcast(std::span<std::int64_t> words);

    /// Returns when all ranks of the node have called it.
    void meet() { crew_->meet_members(); }

  private:
    [[nodiscard]] std::span<std::int64_t> slot(int core) const;
    void add_share(int core, std::size_t words) const;

    mpi::SharedNodes nodes_;
    std::shared_ptr<Crew> crew_;
    std::size_t most_words_;
    std::span<std::int64_t> slots_;   ///< most_words_ a core
    std::span<std::int64_t> totals_;  ///< most_words_
    std::span<std::int64_t> news_;    ///< 2 x most_words_, used in turn
    std::size_t turn_ = 0;
};

}  // namespace sae
