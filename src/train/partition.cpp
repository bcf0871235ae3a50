#include "sae/train/partition.hpp"

#include <algorithm>

#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"
#include "sae/train/slice.hpp"

namespace sae {

Partition::Partition(const Shape& shape, int ranks)
    : begins_{shape.w1(), shape.w2(), shape.b1(), shape.size()} {
    for (std::size_t s = 0; s < segments; ++s) {
        const Index length = begins_[s + 1] - begins_[s];
        const Index blocks = pieces(length, block_length);
        for (int rank = 0; rank < ranks; ++rank) {
            const Index first = std::min(length, Tiling::share(blocks, rank, ranks) * block_length);
            const Index last = std::min(length, Tiling::share(blocks, rank + 1, ranks) * block_length);
            displacements_[s].push_back(first);
            counts_[s].push_back(last - first);
        }
    }
}

Partition::Run Partition::run(int rank, std::size_t segment) const {
    const auto r = static_cast<std::size_t>(rank);
    Index local = 0;
    for (std::size_t s = 0; s < segment; ++s) local += pieces(counts_[s][r], block_length) * block_length;
    return {begins_[segment] + displacements_[segment][r], counts_[segment][r], local};
}

Index Partition::slice_length(int rank) const {
    const Run last = run(rank, segments - 1);
    return last.local + pieces(last.length, block_length) * block_length;
}

}  // namespace sae
