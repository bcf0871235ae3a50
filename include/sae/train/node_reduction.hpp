#pragma once
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"
#include "sae/train/cluster.hpp"
#include "sae/train/partition.hpp"

namespace sae {

/// The sums of evaluations over the nodes of a cluster; the leaders exchange the messages.
///
/// The sums of activations are all-reduced. For each segment of the gradient, each node sends the other nodes
/// their runs of it; the ranks of a node then add up what has arrived, in the memory of the node, for their
/// own runs (see Partition). So no word is sent twice. MPI_Ireduce_scatter of Open MPI 4 reduces everything
/// on one rank and took four times as long.
///
/// Messages proceed while the ranks compute.
class NodeReduction final : public Reduction {
  public:
    /// `cluster` and `partition` must outlive this. progress() calls `between_tiles`.
    NodeReduction(
        Cluster& cluster, const Partition& partition, std::function<void()> between_tiles = [] {});

    /// The bytes of the cluster's memory that this requests on a node.
    [[nodiscard]] static std::size_t bytes(const Partition& partition, const mpi::NodeLayout& layout,
                                           int node);

    void start_hidden_sums(std::span<std::int64_t> sums) override;
    void wait_hidden_sums() override;
    [[nodiscard]] bool has_other_nodes() const override { return cluster_.layout().nodes() > 1; }
    void start_output_gradient(std::span<const std::int64_t> sums) override;
    void progress() override;

    /// After an evaluation: exchanges the sums of dW1 and the biases and waits for these and dW2. Exchanges
    /// nothing if the evaluation ended before its gradient. Returns when all ranks of the node have called
    /// it.
    void finish(const PartialSums& partial);

    /// For each node, where its sums for `run` begin; `run` is this rank's run of a segment or a part of it.
    /// The gradient is their sum. Valid after finish() until the next evaluation.
    [[nodiscard]] std::vector<const std::int64_t*> addends(std::size_t segment,
                                                           const Partition::Run& run) const;

  private:
    void start(std::size_t segment, std::span<const std::int64_t> sums);
    /// The number of words that a node receives of a segment.
    [[nodiscard]] static std::size_t words(const Partition& partition, const mpi::NodeLayout& layout,
                                           int node, std::size_t segment);

    Cluster& cluster_;
    const Partition& partition_;
    std::function<void()> between_tiles_;
    mpi::Request hidden_;
    std::array<std::span<std::int64_t>, Partition::segments>
        received_;  ///< this node's run, from each other node
    std::array<mpi::Request, Partition::segments> exchanges_;
    std::span<const std::int64_t> gradient_;  ///< this node's sums
    bool started_ = false;                    ///< the exchange of this evaluation's gradient
};

}  // namespace sae
