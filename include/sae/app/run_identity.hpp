#pragma once
#include <span>
#include <string>

#include "sae/app/options.hpp"
#include "sae/app/shard_columns.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/train/checkpoint.hpp"

namespace sae {

/// Collective: a hash of all ranks' images, in hexadecimal, the same on rank 0 for any number of ranks:
/// SHA-256 over the sums, word by word, of the tiles' SHA-256.
[[nodiscard]] std::string images_sha256(const mpi::Communicator& comm, const ColumnTiles& columns);

/// What a checkpoint of a training must agree with: the images by their hash, wherever they lie, the starting
/// point by its seed or, with --init, its hash, and the settings under the names of their options. `start` is
/// the starting point.
[[nodiscard]] RunDescription describe_run(const TrainOptions& options, const Shape& shape, Index train_count,
                                          const std::string& images_hash, std::span<const double> start);

}  // namespace sae
