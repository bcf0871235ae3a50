#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// A grey picture: `height` rows of `width` bytes, the top row first, 0 black, 255 white.
struct Picture {
    Index width = 0;
    Index height = 0;
    std::vector<std::uint8_t> pixels;

    friend bool operator==(const Picture&, const Picture&) = default;
};

/// How images are laid out in a grid.
struct GridOptions {
    /// Images are enlarged by the integer factor >= 1 that brings the grid nearest to this width in pixels,
    /// or by a smaller one if the grid would have more than 2^26 pixels.
    Index width = 800;
    /// Grey level of the lines around the cells and of empty cells. By default dark grey, or white or black
    /// if dark grey could not be distinguished from the outer pixels of the images.
    std::optional<std::uint8_t> border = std::nullopt;
    /// Each cell has this many images of equal height, one above the other, with a line of one pixel between.
    Index stacked = 1;
};

/// A grid of `count` >= 1 images of `rows` x `cols` bytes, one after the other in `images`, in reading order,
/// with lines of a pixel or two between and around them. The grid is nearly square; it has no empty cells if
/// that is possible with one side at most 1.5 times the other. Throws Error if `images` is not of that size.
[[nodiscard]] Picture grid(std::span<const std::uint8_t> images, Index count, Index rows, Index cols,
                           const GridOptions& options = {});

/// How many cells of this grid stay empty at the end of its last row.
[[nodiscard]] Index empty_cells(Index count, Index rows, Index cols);

/// The grid of the inputs of bounded norm that excite each hidden unit most, W1_j / ||W1_j|| (Ng, "Sparse
/// autoencoder", section 4). `w1` is `hidden` x (`rows` * `cols`), row-major. Each cell has its own scale: 0
/// is the grey level 128, its largest magnitude 1 or 255. Throws Error if a weight is not finite or `w1` is
/// not of that size.
[[nodiscard]] Picture weight_grid(std::span<const double> w1, Index hidden, Index rows, Index cols,
                                  const GridOptions& options = {});

/// Activations as grey levels: 255 x rounded to nearest, values outside [0, 1] are cut off, NaN becomes 0.
[[nodiscard]] std::vector<std::uint8_t> grey_levels(std::span<const double> activations);

/// The picture as a PNG file (ISO/IEC 15948) of 8-bit grey.
[[nodiscard]] std::vector<std::byte> encode_png(const Picture& picture);

/// Writes the PNG file whole or not at all (AtomicFile).
void write_png(const std::string& path, const Picture& picture);

}  // namespace sae
