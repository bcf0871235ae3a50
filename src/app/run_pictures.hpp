#pragma once
#include <span>
#include <vector>

#include "sae/app/run_directory.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/image_source.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// The network's reconstructions of images of bytes, rounded to bytes.
[[nodiscard]] std::vector<std::uint8_t> decoded_levels(const Shape& shape, std::span<const double> theta,
                                                       std::span<const std::uint8_t> images);

/// Draws the weights, and inputs and decodings of the first training and, if there are any, test images, for
/// the report.
void draw_run_pictures(const Images& train, const Images& test, const Shape& shape,
                       std::span<const double> theta, RunReport& report);

/// The files weights.png, train-input.png, ... of the pictures that the report has and that must outlive
/// them.
[[nodiscard]] std::vector<FileContent> picture_files(const RunDirectory& directory, const RunReport& report);

}  // namespace sae
