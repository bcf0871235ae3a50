#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/app/options.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/model_file.hpp"
#include "sae/data/npy.hpp"

namespace sae {

/// What a command makes of a model and images.
struct RowTask {
    bool decodes = false;  ///< reconstructions; otherwise hidden activations
    Index shown = 0;       ///< images in the picture next to a file; 0: no picture

    /// Numbers in the row of an image.
    [[nodiscard]] Index columns(const Shape& shape) const { return decodes ? shape.outputs : shape.hidden; }
};

/// A set of images and the file for its rows.
struct RowSet {
    std::function<Images()> open;
    std::string option;  ///< that names the file: "output"
    std::string path;
    Index count = 0;                  ///< of the images
    std::unique_ptr<NpyWriter> file;  ///< on rank 0, when it is open
};

/// The sets of images whose rows are made, in order. `options` must outlive them. Throws UsageError if test
/// images are asked for and none are named.
[[nodiscard]] std::vector<RowSet> row_sets(const RowOptions& options);

/// The path of the picture next to a file of rows: "a.png" for "a.npy", "a.x.png" for "a.x".
[[nodiscard]] std::string picture_beside(const std::string& path);

/// Throws Error if a file that would be written exists and may not be replaced, UsageError if it is also
/// another output or an input. `pictures`: whether there is one next to each file of rows.
void check_places(const RowOptions& options, const std::vector<RowSet>& sets, bool pictures);

/// Throws Error if the file system has too little space for a file of `set` with this many rows and columns.
void check_room(const RowSet& set, Index rows, Index columns);

/// The first images of `set`, at most `shown`, each above its reconstruction, as a PNG file next to the file
/// of rows.
void write_picture_beside(const RowSet& set, Index shown, const Model& model);

}  // namespace sae
