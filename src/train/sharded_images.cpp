#include "sae/train/sharded_images.hpp"

#include <array>
#include <new>

#include "sae/core/length.hpp"
#include "sae/core/physical_memory.hpp"
#include "sae/data/sha256.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

/// Sums of 32-bit words of hashes; 64 bits do not overflow.
using HashSums = std::array<std::int64_t, 8>;

/// Adds the hash of one tile, its number included.
void add_tile(const ColumnTiles& columns, Index tile, HashSums& sums) {
    const Index bytes =
        pieces(columns.tiling().width(tile), byte_panel_width) * byte_panel_width * columns.rows();
    Sha256 hash;
    hash.update(std::as_bytes(std::span(&tile, 1)));
    hash.update(std::as_bytes(std::span(columns.panels(tile).bytes, length(bytes))));
    const Sha256Digest digest = hash.digest();
    for (std::size_t i = 0; i < digest.size(); ++i)
        sums[i / 4] += static_cast<std::int64_t>(digest[i]) << (8 * (i % 4));
}

std::string hash_of(const HashSums& sums) {
    return hex(sha256(std::as_bytes(std::span(sums))));
}

}  // namespace

ShardedImages shard_images(const mpi::Communicator& comm, const std::function<Images()>& open, int threads) {
    Index count = 0;
    ShardReader reader(comm, [&] {
        Images images = open();
        count = images.count;
        return std::move(images.source);
    });
    comm.broadcast_value(count);
    const Tiling tiling = mpi::agreed(comm, [&] {
        Tiling all(count);
        // The system grants more memory than it has.
        if (count / comm.size() > physical_memory() / reader.images().image_size()) throw std::bad_alloc();
        return all;
    });
    ShardedImages sharded{reader.images(), HostColumns(comm, reader.images().image_size(), tiling, threads)};
    reader.read(sharded.columns.runs(), [&](Index first, std::span<const std::uint8_t> images) {
        sharded.columns.tiles().put(first, images);
    });
    return sharded;
}

std::string images_sha256(const mpi::Communicator& comm, const ShardedImages& images) {
    HashSums sums{};
    const ColumnTiles& own = images.columns.own_tiles();
    for (Index tile = own.first_tile(); tile < own.last_tile(); ++tile) add_tile(own, tile, sums);
    comm.all_reduce_sum(sums);
    return hash_of(sums);
}

std::string images_sha256(ImageSource& source, Index count) {
    HashSums sums{};
    const Tiling tiling(count);
    const Index size = source.image_size();
    for (Index tile = 0; tile < tiling.tiles(); ++tile) {
        ColumnTiles columns(size, tiling, tile, tile + 1);
        std::vector<std::uint8_t> pixels(length(tiling.width(tile) * size));
        source.read(tiling.begin(tile), pixels);
        columns.put(tiling.begin(tile), pixels);
        add_tile(columns, tile, sums);
    }
    return hash_of(sums);
}

ForwardFigures distributed_figures(const mpi::Communicator& comm, const ShardedImages& images,
                                   std::span<const double> theta, EvaluationSettings settings, int threads) {
    const ColumnTiles& columns = images.columns.tiles();
    std::vector<double> everywhere = mpi::agreed(comm, [&] {
        if (columns.rows() != settings.shape.inputs)
            throw Error(images.set.description + ": expected images of " +
                        std::to_string(settings.shape.inputs) + " pixels; was it changed meanwhile?");
        settings.crew = std::make_shared<Crew>(threads);
        std::vector<double> room(theta.begin(), theta.end());
        room.resize(length(settings.shape.size()));
        return room;
    });
    comm.broadcast(std::span(everywhere));
    std::vector<std::int64_t> sums = mpi::agreed(
        comm, [&] { return forward_sums(settings, columns, everywhere, images.columns.cores()); });
    comm.all_reduce_sum(sums);
    return forward_figures(settings.shape.hidden, columns.tiling(), sums);
}

}  // namespace sae
