#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "sae/data/npy.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/distributed_objective.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// What makes a row of numbers of each image.
struct RowMaker {
    Index pixels = 0;   ///< of an image
    Index columns = 0;  ///< of a row
    /// Fills `rows` (images x columns, row-major) from `images`, one after the other. A row must depend on
    /// its image alone.
    std::function<void(std::span<const std::uint8_t> images, std::span<double> rows)> make;
};

/// Collective: appends the rows of the first `count` images to rank 0's `file`, which is null on the others.
/// The ranks work in rounds: each makes a piece of at most `piece_bytes` of images and of rows (or one image,
/// if that is larger), and rank 0 receives the pieces in order. So no rank ever holds more than two pieces of
/// rows. If `stop_request` of a rank has a request, all ranks stop after the round and return it. Throws
/// AgreedError if the reader has fewer images, or images of another size than the maker takes.
[[nodiscard]] StopRequest append_rows(const mpi::Communicator& comm, ShardReader& reader, Index count,
                                      const RowMaker& maker, const std::function<StopRequest()>& stop_request,
                                      NpyWriter* file, Index piece_bytes = ShardReader::default_piece_bytes);

}  // namespace sae
