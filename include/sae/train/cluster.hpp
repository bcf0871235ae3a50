#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sae/core/crew.hpp"
#include "sae/mpi/nodes.hpp"

namespace sae {

/// What a cluster is made of.
struct ClusterSettings {
    int threads = 1;  ///< of this rank
    /// For each rank, the number of its node; see mpi::share_memory().
    std::vector<std::int64_t> node_of;
    /// The bytes that are requested by memory() on a node.
    std::function<std::size_t(const mpi::NodeLayout&, int node)> bytes;
    std::size_t max_words = 0;  ///< the most that collect() or broadcast() is called with
};

/// The cores of all ranks, on two levels. The cores of a node (a crew) share memory; nodes exchange messages,
/// which the leader of each node sends and receives. The other ranks do not call MPI here, so the number of
/// messages does not depend on the ranks of a node. All sums are sums of integers, so their results do not
/// depend on the layout.
class Cluster {
  public:
    /// Collective. `comm` must outlive this.
    Cluster(const mpi::Communicator& comm, const ClusterSettings& settings);

    [[nodiscard]] const mpi::Communicator& comm() const { return nodes_.nodes->comm(); }
    [[nodiscard]] const mpi::NodeLayout& layout() const { return nodes_.nodes->layout(); }
    [[nodiscard]] int rank() const { return comm().rank(); }
    [[nodiscard]] int node() const { return nodes_.nodes->node(); }
    [[nodiscard]] bool is_leader() const { return nodes_.nodes->is_leader(); }
    /// On a leader: the communicator of all leaders, whose ranks are the nodes.
    [[nodiscard]] const mpi::Communicator& leaders() const { return nodes_.nodes->leaders(); }
    /// Whether this rank exchanges messages: it leads its node, and there are other nodes.
    [[nodiscard]] bool sends() const { return is_leader() && layout().nodes() > 1; }

    /// The cores of this node.
    [[nodiscard]] const std::shared_ptr<Crew>& crew() const { return crew_; }
    [[nodiscard]] int threads() const { return crew_->threads(); }
    /// `count` numbers that all ranks of the node see, 0 at first. All ranks of the node request the same
    /// sizes in the same order.
    template <class T>
    [[nodiscard]] std::span<T> memory(std::size_t count) {
        return {reinterpret_cast<T*>(crew_->memory(count * sizeof(T)).data()), count};
    }

    // A sum over all cores takes two steps, collect() and add_up().

    /// Calls work(thread, sums) on each thread of this rank. It stores the thread's part in `sums`: `count`
    /// <= max_words integers, 0 at first.
    void collect(std::size_t count,
                 const std::function<void(int thread, std::span<std::int64_t> sums)>& work);

    /// Collective, after collect() with as many numbers: `totals` becomes the sums of all parts.
    void add_up(std::span<std::int64_t> totals);

    /// Collective: copies rank 0's `words`, of equal length on all ranks, to all ranks.
    void broadcast(std::span<std::int64_t> words);

    /// Returns when all ranks of the node have called it.
    void meet() { crew_->meet_members(); }

  private:
    [[nodiscard]] std::span<std::int64_t> part(int core) const;
    void add_parts(int core, std::size_t words) const;

    mpi::SharedNodes nodes_;
    std::shared_ptr<Crew> crew_;
    std::size_t max_words_;
    std::span<std::int64_t> parts_;      ///< of each core of the node: max_words_
    std::span<std::int64_t> totals_;     ///< max_words_
    std::span<std::int64_t> broadcast_;  ///< two buffers of max_words_, used in turn
    std::size_t next_buffer_ = 0;
};

}  // namespace sae
