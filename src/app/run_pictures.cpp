#include "run_pictures.hpp"

#include <algorithm>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/core/feedforward.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/picture.hpp"

namespace sae {

namespace {

constexpr Index shown = 100;

PngBytes write_picture(const std::string& path, const Picture& picture) {
    PngBytes png = encode_png(picture);
    write_file_atomically(path, png);
    return png;
}

/// NAME-input.png and NAME-decoded.png of the first images.
void write_pair(const RunDirectory& directory, const std::string& name, const Images& images,
                const Shape& shape, std::span<const double> theta, PngBytes& input, PngBytes& decoding) {
    ImageSource& source = *images.source;
    const Index count = std::min(shown, images.count);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(count * source.image_size()));
    source.read(0, pixels);
    std::vector<double> decoded(pixels.size());
    network_outputs(shape, theta, pixels, decoded);
    input =
        write_picture(directory.file(name + "-input.png"), grid(pixels, count, source.rows(), source.cols()));
    decoding = write_picture(directory.file(name + "-decoded.png"),
                             grid(grey_levels(decoded), count, source.rows(), source.cols()));
}

}  // namespace

void write_run_pictures(const RunDirectory& directory, const TrainOptions& options, const Shape& shape,
                        std::span<const double> theta, RunReport& report) {
    const Images train = open_training_images(options.source, {"train-count", options.train_count});
    report.weights = write_picture(directory.file("weights.png"),
                                   weight_grid(theta.first(static_cast<std::size_t>(shape.w2())),
                                               shape.hidden, train.source->rows(), train.source->cols()));
    write_pair(directory, "train", train, shape, theta, report.train_input, report.train_decoded);
    if (!options.source.has_test()) return;
    const Images test = open_test_images(options.source, {"test-count", options.test_count});
    write_pair(directory, "test", test, shape, theta, report.test_input, report.test_decoded);
}

}  // namespace sae
