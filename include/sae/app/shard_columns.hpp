#pragma once

#include "sae/app/image_sources.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/host_columns.hpp"

namespace sae {

/// A host's part of a set of images, and what all ranks know of the whole.
struct ShardedImages {
    ImageSet set;
    HostColumns columns;
};

/// Collective: the wanted images as bytes, whole tiles on each host; each rank, which has `threads` threads,
/// loads its own.
[[nodiscard]] ShardedImages shard_columns(const mpi::Communicator& comm, const OpenImages& open,
                                          const SourceOptions& options, const WantedCount& wanted,
                                          int threads);

}  // namespace sae
