#include "sae/app/shard_columns.hpp"

#include <new>

#include "sae/core/physical_memory.hpp"
#include "sae/mpi/agreement.hpp"

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
    ShardedImages sharded = mpi::agreed(comm, [&] {
        const Index first = tiling.first_tile(comm.rank(), comm.size());
        const Index last = tiling.first_tile(comm.rank() + 1, comm.size());
        const Index size = reader.images().image_size();
        if (tiling.begin(last) - tiling.begin(first) > physical_memory() / size) throw std::bad_alloc();
        return ShardedImages{reader.images(), ColumnTiles(size, tiling, first, last)};
    });
    std::vector<Index> bounds;
    for (int rank = 0; rank <= comm.size(); ++rank)
        bounds.push_back(tiling.begin(tiling.first_tile(rank, comm.size())));
    reader.read(bounds, [&](Index first, std::span<const std::uint8_t> images) {
        sharded.columns.put(first, images);
    });
    return sharded;
}

}  // namespace sae
