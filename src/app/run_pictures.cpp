#include "run_pictures.hpp"

#include <algorithm>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/core/error.hpp"
#include "sae/core/feedforward.hpp"
#include "sae/data/picture.hpp"

namespace sae {

namespace {

constexpr Index shown = 100;

/// NAME-input.png and NAME-decoded.png of the first images.
void write_pair(const RunDirectory& directory, const std::string& name, Images images, const Shape& shape,
                std::span<const double> theta) {
    ImageSource& source = *images.source;
    const Index count = std::min(shown, images.count);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(count * source.image_size()));
    source.read(0, pixels);
    std::vector<double> decoded(pixels.size());
    network_outputs(shape, theta, pixels, decoded);
    write_png(directory.file(name + "-input.png"), grid(pixels, count, source.rows(), source.cols()));
    write_png(directory.file(name + "-decoded.png"),
              grid(grey_levels(decoded), count, source.rows(), source.cols()));
}

}  // namespace

bool has_test_images(const SourceOptions& source) {
    return source.built_in() || source.data || source.test;
}

void write_run_pictures(const RunDirectory& directory, const TrainOptions& options, const Shape& shape,
                        std::span<const double> theta) {
    Images train = open_training_images(options.source, {"train-count", options.train_count});
    const Index rows = train.source->rows(), cols = train.source->cols();
    write_png(directory.file("weights.png"),
              weight_grid(theta.first(static_cast<std::size_t>(shape.w2())), shape.hidden, rows, cols));
    write_pair(directory, "train", std::move(train), shape, theta);
    if (!has_test_images(options.source)) return;
    Images test = open_test_images(options.source, {"test-count", options.test_count});
    if (test.source->rows() != rows || test.source->cols() != cols)
        throw Error("the test images have another size than the training images: " +
                    test.source->description());
    write_pair(directory, "test", std::move(test), shape, theta);
}

}  // namespace sae
