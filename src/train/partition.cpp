#include "sae/train/partition.hpp"

#include <algorithm>

#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"
#include "sae/train/slice.hpp"

namespace sae {

Partition::Partition(const Shape& shape, const mpi::NodeLayout& layout)
    : layout_(layout), begins_{shape.w1(), shape.w2(), shape.b1(), shape.size()} {
    for (std::size_t s = 0; s < segments; ++s) {
        for (int node = 0; node < layout.nodes(); ++node) {
            const Run own = node_run(node, s);
            displacements_[s].push_back(own.begin - begins_[s]);
            counts_[s].push_back(own.length);
        }
    }
}

Partition::Run Partition::run_of_cores(int first, int last, std::size_t segment) const {
    const Index length = begins_[segment + 1] - begins_[segment];
    const Index blocks = pieces(length, block_length);
    const auto at = [&](int core) {
        return std::min(length, Tiling::share(blocks, core, layout_.all_cores()) * block_length);
    };
    return {begins_[segment] + at(first), at(last) - at(first), 0};
}

Partition::Run Partition::node_run(int node, std::size_t segment) const {
    return run_of_cores(layout_.first_core_of_node(node), layout_.first_core_of_node(node + 1), segment);
}

Partition::Run Partition::run(int rank, std::size_t segment) const {
    const int first = layout_.first_core(rank), last = first + layout_.cores(rank);
    Run own = run_of_cores(first, last, segment);
    for (std::size_t s = 0; s < segment; ++s)
        own.local += pieces(run_of_cores(first, last, s).length, block_length) * block_length;
    return own;
}

Index Partition::slice_length(int rank) const {
    const Run last = run(rank, segments - 1);
    return last.local + pieces(last.length, block_length) * block_length;
}

}  // namespace sae
