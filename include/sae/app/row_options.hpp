#pragma once
#include <optional>
#include <string>

#include "sae/app/options.hpp"

namespace sae {

/// The options that encode and reconstruct share, which compute a row of numbers for each image: the model,
/// the images, and a file for the training and one for the test images.
struct RowOptions {
    std::string model;  ///< model file
    SourceOptions source;
    std::optional<std::string> images;  ///< file of images, instead of training and test images
    std::optional<Index> train_count;   ///< of the training images or of `images`, >= 1
    std::optional<Index> test_count;    ///< >= 1
    std::optional<Index> threads;       ///< of each rank, 1 to 1024

    std::string output;                      ///< .npy file of the training images or of `images`
    std::optional<std::string> test_output;  ///< .npy file of the test images; without: not computed
    bool overwrite = false;                  ///< whether files that are there may be replaced

    /// Where the images come from: `source`, or `images` alone.
    [[nodiscard]] SourceOptions images_source() const;

    /// Declares model and data; the group of the output follows, with what is `written` to the files.
    void declare(OptionTable& table, const std::string& written);
    friend bool operator==(const RowOptions&, const RowOptions&) = default;
};

/// `sae-mpi encode`.
struct EncodeOptions {
    static constexpr const char* command = "encode";
    static constexpr const char* summary =
        "Writes a model's hidden activations f(W1 x + b1) of images as NumPy arrays (.npy) of shape [images, "
        "hidden] in 64-bit floats, the pixels x scaled to [0, 1]. The bytes do not depend on the number of "
        "ranks or threads, and no rank holds more than a few MiB of images and activations.";

    RowOptions rows = [] {
        RowOptions options;
        options.output = "features.npy";
        return options;
    }();

    void declare(OptionTable& table);
    friend bool operator==(const EncodeOptions&, const EncodeOptions&) = default;
};

/// `sae-mpi reconstruct`.
struct ReconstructOptions {
    static constexpr const char* command = "reconstruct";
    static constexpr const char* summary =
        "Writes a model's reconstructions of images, f(W2 a + b2) with their hidden activations a, as NumPy "
        "arrays (.npy) of shape [images, pixels] in 64-bit floats, 0 black and 1 white, and next to each "
        "array a picture (.png) of the first images, each above its reconstruction. The bytes do not depend "
        "on the number of ranks or threads.";

    RowOptions rows = [] {
        RowOptions options;
        options.output = "reconstructions.npy";
        return options;
    }();
    Index shown = 50;  ///< images in the picture at most, 0 (no picture) to 100,000

    void declare(OptionTable& table);
    friend bool operator==(const ReconstructOptions&, const ReconstructOptions&) = default;
};

}  // namespace sae
