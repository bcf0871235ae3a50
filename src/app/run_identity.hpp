#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>

#include "sae/app/options.hpp"
#include "sae/data/image_source.hpp"
#include "sae/data/metadata.hpp"

namespace sae {

/// The identity of images, wherever they are stored.
struct ImagesIdentity {
    Index count = 0;
    Index pixels = 0;
    std::string sha256;  ///< images_sha256()
};

/// All that determines the model of a training: options by their names, the training images, and the starting
/// point by its seed or, with --init, the hash of `start`. A run that is resumed must have the same.
[[nodiscard]] Metadata run_identity(const TrainOptions& options, const ImagesIdentity& images,
                                    std::span<const double> start);

/// The identities of the images that settings are trained and tested on, each computed once. Not collective.
/// Of the built-in digits, whose seed and number determine the rest, the first ones are hashed.
class DataIdentity {
  public:
    DataIdentity(SourceOptions source, std::optional<Index> test_count)
        : source_(std::move(source)), test_count_(test_count) {}

    /// All that determines the result of a setting: the run's identity, the test images, the limit of
    /// iterations and the arithmetic. Throws Error if images cannot be read.
    [[nodiscard]] Metadata result_identity(const TrainOptions& options);

    /// Saves reading files again: training images, and test images if there are any, that were read already.
    void know(const ImagesIdentity& training, const ImagesIdentity* test);

  private:
    [[nodiscard]] ImagesIdentity identity_of(const Images& images) const;

    SourceOptions source_;
    std::optional<Index> test_count_;
    std::map<Index, ImagesIdentity> training_;  ///< by the number of images
    std::optional<ImagesIdentity> test_;
};

}  // namespace sae
