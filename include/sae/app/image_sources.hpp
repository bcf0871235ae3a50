#pragma once
#include <optional>
#include <string>

#include "sae/app/options.hpp"
#include "sae/train/sharded_images.hpp"

namespace sae {

/// Opens the first `count` training images that the options name; without a count, all of a file or
/// built_in_count digits, which `threads` threads draw. Throws Error, naming the `option` of the count, if
/// they cannot be read or there are fewer.
[[nodiscard]] Images open_training_images(const SourceOptions& options, std::optional<Index> count,
                                          int threads = 1, const std::string& option = "train-count");

/// Opens the test images likewise; the source is null if there are none (SourceOptions::has_test).
[[nodiscard]] Images open_test_images(const SourceOptions& options, std::optional<Index> count,
                                      int threads = 1, const std::string& option = "test-count");

/// Collective: the first training images, on all ranks' hosts.
[[nodiscard]] ShardedImages shard_training_images(const mpi::Communicator& comm, const SourceOptions& options,
                                                  std::optional<Index> count, int threads);

/// Throws Error unless the first training images can be opened, and the test images, if there are any, and
/// all are of one size: returns how many pixels an image has.
Index check_images(const SourceOptions& source, std::optional<Index> train_count,
                   std::optional<Index> test_count);

/// Throws Error unless the network of the model file `model` takes images of `image_size` pixels and, where
/// it `decodes` them, gives as many. `images` describes them.
void check_fit(const std::string& model, const Shape& shape, Index image_size, const std::string& images,
               bool decodes = true);

}  // namespace sae
