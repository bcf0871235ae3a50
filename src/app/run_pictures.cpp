#include "run_pictures.hpp"

#include <algorithm>
#include <utility>

#include "sae/core/feedforward.hpp"
#include "sae/data/picture.hpp"

namespace sae {
namespace {

void draw_images(const Images& images, const Shape& shape, std::span<const double> theta, RunReport& report,
                 PngBytes& input, PngBytes& decoded) {
    const Index rows = images.source->rows(), cols = images.source->cols();
    const Index count = std::min<Index>(100, images.count);
    const std::vector<std::uint8_t> pixels = images.first(count);
    input = encode_png(grid(pixels, count, rows, cols));
    decoded = encode_png(grid(decoded_levels(shape, theta, pixels), count, rows, cols));
    report.empty_cells |= empty_cells(count, rows, cols) > 0;
}

}  // namespace

std::vector<std::uint8_t> decoded_levels(const Shape& shape, std::span<const double> theta,
                                         std::span<const std::uint8_t> images) {
    std::vector<double> outputs(images.size());
    Crew alone(1);
    network_outputs(shape, theta, images, outputs, alone);
    return grey_levels(outputs);
}

void draw_run_pictures(const Images& train, const Images& test, const Shape& shape,
                       std::span<const double> theta, RunReport& report) {
    const Index rows = train.source->rows(), cols = train.source->cols();
    report.weights =
        encode_png(weight_grid(theta.first(static_cast<std::size_t>(shape.w2())), shape.hidden, rows, cols));
    report.empty_cells = empty_cells(shape.hidden, rows, cols) > 0;
    draw_images(train, shape, theta, report, report.train_input, report.train_decoded);
    if (test.source) draw_images(test, shape, theta, report, report.test_input, report.test_decoded);
}

std::vector<FileContent> picture_files(const RunDirectory& directory, const RunReport& report) {
    std::vector<FileContent> files;
    for (const auto& [name, picture] :
         {std::pair("weights", &report.weights), std::pair("train-input", &report.train_input),
          std::pair("train-decoded", &report.train_decoded), std::pair("test-input", &report.test_input),
          std::pair("test-decoded", &report.test_decoded)}) {
        if (!picture->empty()) files.push_back({directory.file(std::string(name) + ".png"), *picture});
    }
    return files;
}

}  // namespace sae
