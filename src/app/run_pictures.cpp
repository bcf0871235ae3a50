#include "run_pictures.hpp"

#include <utility>

#include "sae/core/feedforward.hpp"
#include "sae/data/picture.hpp"

namespace sae {

namespace {

PngBytes draw_decoded(const FirstImages& first, const Shape& shape, std::span<const double> theta) {
    std::vector<double> decoded(first.pixels.size());
    Crew alone(1);
    network_outputs(shape, theta, first.pixels, decoded, alone);
    return encode_png(grid(grey_levels(decoded), first.count, first.rows, first.cols));
}

}  // namespace

void draw_run_pictures(ImageCache& cache, std::optional<Index> train_count, const Shape& shape,
                       std::span<const double> theta, RunReport& report) {
    const FirstImages& train = cache.first_training(train_count);
    report.weights = encode_png(
        weight_grid(theta.first(static_cast<std::size_t>(shape.w2())), shape.hidden, train.rows, train.cols));
    const auto leaves_cells = [&](Index count) { return empty_cells(count, train.rows, train.cols) > 0; };
    report.empty_cells = leaves_cells(shape.hidden) || leaves_cells(train.count);
    report.train_input = train.picture;
    report.train_decoded = draw_decoded(train, shape, theta);
    const FirstImages* test = cache.first_test();
    if (!test) return;
    report.empty_cells = report.empty_cells || leaves_cells(test->count);
    report.test_input = test->picture;
    report.test_decoded = draw_decoded(*test, shape, theta);
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
