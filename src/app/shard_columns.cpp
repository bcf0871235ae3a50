#include "sae/app/shard_columns.hpp"

#include <new>

#include "sae/core/physical_memory.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {

ShardedImages shard_columns(const mpi::Communicator& comm, const OpenImages& open,
                            const SourceOptions& options, const WantedCount& wanted, int threads) {
    Index count = 0;
    ShardReader reader(comm, [&] {
        Images images = open(options, wanted);
        count = images.count;
        return std::move(images.source);
    });
    comm.broadcast_value(count);
    const Tiling tiling = mpi::agreed(comm, [&] {
        Tiling all(count);
        // The system promises more memory than it has.
        if (count / comm.size() > physical_memory() / reader.images().image_size()) throw std::bad_alloc();
        return all;
    });
    ShardedImages sharded{reader.images(), HostColumns(comm, reader.images().image_size(), tiling, threads)};
    reader.read(sharded.columns.runs(), [&](Index first, std::span<const std::uint8_t> images) {
        sharded.columns.tiles().put(first, images);
    });
    return sharded;
}

}  // namespace sae
