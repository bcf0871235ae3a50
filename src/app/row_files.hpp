#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/app/options.hpp"
#include "sae/core/crew.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/model_file.hpp"

namespace sae {

/// A command's computation from a model and images.
struct RowTask {
    /// Numbers in the row of an image.
    Index (*columns)(const Shape&) = nullptr;
    /// hidden_activations() or network_outputs().
    void (*make)(const Shape&, std::span<const double> theta, std::span<const std::uint8_t> images,
                 std::span<double> rows, Crew& crew) = nullptr;
    /// Whether the network's outputs must be as many as the images' pixels.
    bool decodes = false;
    /// Images in the picture next to a file; 0: no picture.
    Index shown = 0;
};

/// A set of images and the file for its rows.
struct RowSet {
    std::function<Images()> open;
    std::string option;  ///< that names the file: "output"
    std::string path;
};

/// The sets of images whose rows are made, in order. `options` must outlive them. Throws UsageError if test
/// images are asked for and none are named.
[[nodiscard]] std::vector<RowSet> row_sets(const RowOptions& options);

/// The path of the picture next to a file of rows: "a.png" for "a.npy", "a.x.png" for "a.x".
[[nodiscard]] std::string picture_beside(const std::string& path);

/// Throws Error if a file that would be written exists and may not be replaced, UsageError if it is also
/// another output or an input. `pictures`: whether there is one next to each file of rows.
void check_places(const RowOptions& options, const std::vector<RowSet>& sets, bool pictures);

/// Throws Error if the network does not take the images of `set` (or, where the task decodes, does not give
/// them), or if the file system has too little space for their rows.
void check_set(const RowTask& task, const RowSet& set, const Images& images, const Model& model,
               const RowOptions& options);

/// The first images, each above its reconstruction, as a PNG file next to the file of rows.
void write_picture_beside(const RowTask& task, const RowSet& set, const Images& images, const Model& model);

}  // namespace sae
