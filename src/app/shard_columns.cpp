#include "sae/app/shard_columns.hpp"

#include <unistd.h>

#include <new>

#include "sae/mpi/agreement.hpp"

namespace sae {

namespace {

/// The kernel promises more memory than there is and ends the process when it is used: better to say so.
void check_memory(Index count, Index image_size) {
    const double wanted = static_cast<double>(count) * static_cast<double>(image_size);
    const double there =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (wanted > there) throw std::bad_alloc();
}

}  // namespace

ShardedImages shard_columns(const mpi::Communicator& comm, OpenImages open, const SourceOptions& options,
                            const WantedCount& wanted) {
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
        check_memory(tiling.begin(last) - tiling.begin(first), size);
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
