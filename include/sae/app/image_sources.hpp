#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sae/app/options.hpp"
#include "sae/data/image_source.hpp"

namespace sae {

/// The first `count` images of a source.
struct Images {
    std::unique_ptr<ImageSource> source;
    Index count = 0;
};

/// How many images are wanted: nothing for all of a file, or `built_in_count` of the built-in digits.
struct WantedCount {
    std::string option;  ///< its name, for messages: "train-count"
    std::optional<Index> count;
};

/// Opens the training images that the options name. Throws Error if they cannot be read or are fewer than
/// wanted.
[[nodiscard]] Images open_training_images(const SourceOptions& options, const WantedCount& wanted);

/// Opens the test images likewise; the source is null if there are none (SourceOptions::has_test).
[[nodiscard]] Images open_test_images(const SourceOptions& options, const WantedCount& wanted);

/// A function like these two.
using OpenImages = std::function<Images(const SourceOptions&, const WantedCount&)>;

/// Throws Error unless the first training images can be opened, and the test images, if there are any, and
/// all are of one size: returns how many pixels an image has.
Index check_images(const SourceOptions& source, std::optional<Index> train_count,
                   std::optional<Index> test_count);

}  // namespace sae
