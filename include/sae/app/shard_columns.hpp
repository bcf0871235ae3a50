#pragma once

#include "sae/app/image_sources.hpp"
#include "sae/core/column_tiles.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// A rank's part of a set of images, and what all ranks know of the whole.
struct ShardedImages {
    ImageSet set;
    ColumnTiles columns;
};

/// Collective: the wanted images in shards of whole tiles, each rank holding its own as bytes.
[[nodiscard]] ShardedImages shard_columns(const mpi::Communicator& comm, const OpenImages& open,
                                          const SourceOptions& options, const WantedCount& wanted);

}  // namespace sae
