#pragma once
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"
#include "sae/train/cluster.hpp"
#include "sae/train/partition.hpp"

namespace sae {

/// The reductions of one evaluation after the other over the nodes of a cluster, by their leaders: the hidden
/// sums by an all-reduce, each segment of the gradient by an exchange, after which the ranks of a node add up
/// its run: no word is sent twice. (MPI_Ireduce_scatter of Open MPI 4 reduces all of it on one rank and took
/// four times as long.) Both proceed while the ranks compute. What arrives is in the memory of the node.
class NodeCombine final : public Combine {
  public:
    /// All but `between_tiles` must outlive this; it is called whenever there is time to make progress.
    NodeCombine(
        Cluster& cluster, const Partition& partition, std::function<void()> between_tiles = [] {});

    /// The bytes of the cluster's memory on a node that this needs.
    [[nodiscard]] static std::size_t bytes(const Partition& partition, const mpi::NodeLayout& layout,
                                           int node);

    void start_hidden_sums(std::span<std::int64_t> sums) override;
    void wait_hidden_sums() override;
    [[nodiscard]] bool exchanges() const override { return cluster_.layout().nodes() > 1; }
    void start_output_gradient(std::span<const std::int64_t> sums) override;
    void progress() override;

    /// After an evaluation: exchanges the rest of the gradient's sums and waits for all; does nothing on any
    /// rank if the evaluation ended before its gradient. Returns when all ranks of the node have called it.
    void finish(const PartialSums& partial);

    /// Where the sums of each node begin for `run`, this rank's run of a segment. After finish() and until
    /// the next evaluation.
    [[nodiscard]] std::vector<const std::int64_t*> addends(std::size_t segment,
                                                           const Partition::Run& run) const;

  private:
    void start(std::size_t segment, std::span<const std::int64_t> sums);
    /// The words that a node receives of a segment.
    [[nodiscard]] static std::size_t words(const Partition& partition, const mpi::NodeLayout& layout,
                                           int node, std::size_t segment);

    Cluster& cluster_;
    const Partition& partition_;
    std::function<void()> between_tiles_;
    mpi::Request hidden_;
    std::array<std::span<std::int64_t>, Partition::segments> received_;  ///< the runs of the other nodes
    std::array<mpi::Request, Partition::segments> exchanges_;
    std::span<const std::int64_t> gradient_;  ///< of this node
    bool started_ = false;
};

}  // namespace sae
