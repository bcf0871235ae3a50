#include "sae/train/node_reduction.hpp"

#include <utility>

namespace sae {

std::size_t NodeReduction::words(const Partition& partition, const mpi::NodeLayout& layout, int node,
                                 std::size_t segment) {
    return static_cast<std::size_t>((layout.nodes() - 1) * partition.node_run(node, segment).length);
}

std::size_t NodeReduction::bytes(const Partition& partition, const mpi::NodeLayout& layout, int node) {
    std::size_t bytes = 0;
    for (std::size_t segment = 0; segment < Partition::segments; ++segment)
        bytes += Crew::share(words(partition, layout, node, segment) * sizeof(std::int64_t));
    return bytes;
}

NodeReduction::NodeReduction(Cluster& cluster, const Partition& partition,
                             std::function<void()> between_tiles)
    : cluster_(cluster), partition_(partition), between_tiles_(std::move(between_tiles)) {
    for (std::size_t segment = 0; segment < Partition::segments; ++segment)
        received_[segment] =
            cluster.memory<std::int64_t>(words(partition, cluster.layout(), cluster.node(), segment));
}

void NodeReduction::start_hidden_sums(std::span<std::int64_t> sums) {
    if (cluster_.sends()) hidden_ = cluster_.leaders().start_all_reduce_sum(sums);
}

void NodeReduction::wait_hidden_sums() {
    hidden_.wait();
}

void NodeReduction::progress() {
    between_tiles_();
    if (hidden_.test()) static_cast<void>(exchanges_[Partition::w2].test());
}

/// `sums` are this node's sums for the whole segment.
void NodeReduction::start(std::size_t segment, std::span<const std::int64_t> sums) {
    if (!cluster_.sends()) return;
    exchanges_[segment] =
        cluster_.leaders().start_exchange(sums, received_[segment], partition_.counts(segment));
}

void NodeReduction::start_output_gradient(std::span<const std::int64_t> sums) {
    started_ = true;
    start(Partition::w2, sums);
}

void NodeReduction::finish(const PartialSums& partial) {
    gradient_ = partial.gradient;
    if (std::exchange(started_, false)) {
        for (const auto segment : {Partition::w1, Partition::biases}) {
            const auto begin = static_cast<std::size_t>(partition_.segment_begin(segment));
            const auto end = static_cast<std::size_t>(partition_.segment_begin(segment + 1));
            start(segment, gradient_.subspan(begin, end - begin));
        }
        for (mpi::Request& exchange : exchanges_) exchange.wait();
    }
    cluster_.meet();
}

std::vector<const std::int64_t*> NodeReduction::addends(std::size_t segment,
                                                        const Partition::Run& run) const {
    std::vector<const std::int64_t*> sums{gradient_.data() + run.begin};
    const Partition::Run of_node = partition_.node_run(cluster_.node(), segment);
    for (int other = 1; other < cluster_.layout().nodes(); ++other)
        sums.push_back(received_[segment].data() + (other - 1) * of_node.length +
                       (run.begin - of_node.begin));
    return sums;
}

}  // namespace sae
