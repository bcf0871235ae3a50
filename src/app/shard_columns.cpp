#include "sae/app/shard_columns.hpp"

#include <new>

#include "sae/core/physical_memory.hpp"

namespace sae {

ShardedImages shard_columns(const mpi::Communicator& comm, const OpenImages& open,
                            const SourceOptions& options, const WantedCount& wanted) {
    Index count = 0;
    ShardReader reader(comm, [&] {
        Images images = open(options, wanted);
        count = images.count;
        return std::move(images.source);
    });
    comm.broadcast_value(count);
    const Tiling tiling(count);
    const Index size = reader.images().image_size();
    // No host has more than all ranks together have memory for.
    if (count / comm.size() > physical_memory() / size) throw std::bad_alloc();
    ShardedImages sharded{reader.images(), HostColumns(comm, size, tiling, options.drawing_threads)};
    reader.read(sharded.columns.runs(), [&](Index first, std::span<const std::uint8_t> images) {
        sharded.columns.tiles().put(first, images);
    });
    return sharded;
}

}  // namespace sae
