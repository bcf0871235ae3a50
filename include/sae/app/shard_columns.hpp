#pragma once

#include "sae/app/image_sources.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/host_columns.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// What a rank sees of a set of images, and what all ranks know of the whole.
struct ShardedImages {
    ImageSet set;
    HostColumns columns;
};

/// Collective: the wanted images as bytes, of which each rank loads a shard of its own.
[[nodiscard]] ShardedImages shard_columns(const mpi::Communicator& comm, const OpenImages& open,
                                          const SourceOptions& options, const WantedCount& wanted);

}  // namespace sae
