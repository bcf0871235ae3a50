#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/shape.hpp"
#include "sae/mpi/node_layout.hpp"
#include "sae/train/slice.hpp"

namespace sae {

/// Which rank owns which elements of a vector as long as theta, for example of the gradient.
///
/// The vector has three segments, W1, W2 and [b1, b2], so that one that is complete before the others can be
/// reduced alone. Each segment is cut into blocks of block_length elements (the last one shorter). The cores
/// of all ranks, in the order of the layout, own near-equal runs of whole blocks of each segment; so each
/// rank, and each node, owns one run of each segment. A rank's *slice* of the vector is its three runs one
/// after the other, each padded with zeros to whole blocks.
class Partition {
  public:
    /// The segments, in theta's order, and how many there are.
    enum Segment : std::size_t { w1, w2, biases, segments };

    /// Elements of one segment.
    struct Run {
        Index begin = 0;   ///< the first one, counted in theta
        Index length = 0;  ///< the number of elements
        Index local = 0;   ///< where they begin in the slice of the rank that owns them
    };

    Partition(const Shape& shape, const mpi::NodeLayout& layout);

    /// The first element of `segment`; segment_begin(segments) is theta's length.
    [[nodiscard]] Index segment_begin(std::size_t segment) const { return begins_[segment]; }
    /// The run of a rank.
    [[nodiscard]] Run run(int rank, std::size_t segment) const;
    /// The run of a node, which is those of its ranks together; `local` is 0.
    [[nodiscard]] Run node_run(int node, std::size_t segment) const;
    /// Calls use(segment, part) for each segment of which `range`, whole blocks of a rank's slice, has
    /// elements: `part` is these elements, without padding.
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
    /// The length of the weights in a rank's slice, padding included; the biases follow.
    [[nodiscard]] Index weights_length(int rank) const { return run(rank, biases).local; }

    /// By node: the number of elements that it owns of a segment, and where they begin in the segment.
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
