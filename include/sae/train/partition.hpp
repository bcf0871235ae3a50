#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/shape.hpp"
#include "sae/mpi/node_layout.hpp"
#include "sae/train/slice.hpp"

namespace sae {

/// Which rank owns which elements of a vector as long as theta. Each of the segments W1, W2 and [b1, b2] is
/// cut into blocks of block_length (the last one shorter). The cores of all ranks, in the order of the
/// layout, own near-equal runs of whole blocks of each segment; so a rank owns a run of each, and so does a
/// node. A segment that is complete before the others can be reduced by itself. A rank's slice is its runs
/// one after the other, each padded with zeros to whole blocks.
class Partition {
  public:
    /// The segments, in theta's order, and how many there are.
    enum Segment : std::size_t { w1, w2, biases, segments };

    /// A part of a segment.
    struct Run {
        Index begin = 0;   ///< first element, counted in theta
        Index length = 0;  ///< number of elements
        Index local = 0;   ///< of a rank's run: where it starts in the slice
    };

    Partition(const Shape& shape, const mpi::NodeLayout& layout);

    /// The first element of `segment`; segment_begin(segments) is theta's length.
    [[nodiscard]] Index segment_begin(std::size_t segment) const { return begins_[segment]; }
    [[nodiscard]] Run run(int rank, std::size_t segment) const;
    /// The run of all ranks of a node.
    [[nodiscard]] Run node_run(int node, std::size_t segment) const;
    /// Calls use(segment, part) for what `range` of a rank's slice, whole blocks, has of each segment,
    /// without padding.
    template <class Use>
    void for_parts(int rank, BlockRange range, Use use) const {
        for (std::size_t s = 0; s < segments; ++s) {
            const Run own = run(rank, s);
            const BlockRange part = intersection(range, own.local, own.local + own.length);
            if (part.begin == part.end) continue;
            use(static_cast<Segment>(s),
                Run{own.begin + part.begin - own.local, part.end - part.begin, part.begin});
        }
    }
    /// The length of a rank's slice, padding included.
    [[nodiscard]] Index slice_length(int rank) const;
    /// Where the weights end in a rank's slice and its biases begin.
    [[nodiscard]] Index weights_length(int rank) const { return run(rank, biases).local; }

    /// The number of elements that each node owns of a segment, and where they start in it.
    [[nodiscard]] std::span<const std::int64_t> counts(std::size_t segment) const { return counts_[segment]; }
    [[nodiscard]] std::span<const std::int64_t> displacements(std::size_t segment) const {
        return displacements_[segment];
    }

  private:
    [[nodiscard]] Run run_of_cores(int first, int last, std::size_t segment) const;

    mpi::NodeLayout layout_;
    std::array<Index, segments + 1> begins_;
    std::array<std::vector<std::int64_t>, segments> counts_, displacements_;
};

}  // namespace sae
