#pragma once
#include <functional>
#include <span>
#include <string>

#include "sae/core/forward_figures.hpp"
#include "sae/train/host_columns.hpp"

namespace sae {

/// A host's part of a set of images, and what all ranks know of the whole.
struct ShardedImages {
    ImageSet set;
    HostColumns columns;
};

/// Collective: loads images as bytes, whole tiles on each host; each rank loads its own part. `threads` is
/// the number of threads of this rank. `open` is called on the ranks that read.
[[nodiscard]] ShardedImages shard_images(const mpi::Communicator& comm, const std::function<Images()>& open,
                                         int threads);

/// Collective: a hash of all ranks' images, in hexadecimal, the same on rank 0 for any number of ranks:
/// SHA-256 over the sums, word by word, of the tiles' SHA-256.
[[nodiscard]] std::string images_sha256(const mpi::Communicator& comm, const ShardedImages& images);

/// The same hash of the first `count` images of a source, read by one rank. Not collective.
[[nodiscard]] std::string images_sha256(ImageSource& source, Index count);

/// Collective: the figures of a network on all images, on rank 0. `theta` is rank 0's, that of other ranks is
/// ignored; `threads` is the number of threads of this rank. Throws AgreedError if the images do not have
/// shape.inputs pixels.
[[nodiscard]] ForwardFigures distributed_figures(const mpi::Communicator& comm, const ShardedImages& images,
                                                 std::span<const double> theta, EvaluationSettings settings,
                                                 int threads);

}  // namespace sae
