#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "sae/data/npy.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/distributed_objective.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// A row of numbers for each image.
struct RowMaker {
    Index pixels = 0;   ///< of an image
    Index columns = 0;  ///< of a row
    /// Fills `rows` (images x columns, row-major) for images of bytes, one after the other. A row must depend
    /// on its image alone.
    std::function<void(std::span<const std::uint8_t> images, std::span<double> rows)> make;
};

/// Collective: appends the rows of the first `count` images to rank 0's `file`, which is null on the others.
/// The ranks share the work in rounds, in which each makes a piece of at most `piece_bytes` of images and of
/// rows (or one image, if that is larger) and rank 0 takes the pieces in order: no rank ever holds more than
/// two pieces of rows. Returns before the end, on all ranks, once `stop_request` of one of them has a
/// request, and then returns it. Throws AgreedError if the reader has fewer images, or images of another size
/// than the maker takes.
[[nodiscard]] StopRequest append_rows(const mpi::Communicator& comm, ShardReader& reader, Index count,
                                      const RowMaker& maker, const std::function<StopRequest()>& stop_request,
                                      NpyWriter* file, Index piece_bytes = ShardReader::default_piece_bytes);

}  // namespace sae
