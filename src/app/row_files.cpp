#include "row_files.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "run_pictures.hpp"
#include "sae/cli/named_file.hpp"
#include "sae/core/error.hpp"
#include "sae/data/picture.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

std::vector<NamedFile> files_read(const RowOptions& options) {
    std::vector<NamedFile> files{{"model", options.model}};
    if (options.images) files.push_back({"images", *options.images});
    if (options.source.train) files.push_back({"train", *options.source.train});
    if (options.source.test) files.push_back({"test", *options.source.test});
    return files;
}

/// Bytes that can be written next to `path`; the largest size of a file if the system does not say.
double room_beside(const std::string& path) {
    const fs::path parent = fs::path(path).parent_path();
    std::error_code problem;
    const fs::space_info space = fs::space(parent.empty() ? "." : parent, problem);
    constexpr double longest_file = 0x1p62;
    return problem ? longest_file : std::min(longest_file, static_cast<double>(space.available));
}

}  // namespace

std::vector<RowSet> row_sets(const RowOptions& options) {
    std::vector<RowSet> sets(options.test_output ? 2 : 1);
    sets[0].open = [&] { return open_training_images(options.images_source(), options.train_count); };
    sets[0].option = "output";
    sets[0].path = options.output;
    if (!options.test_output) return sets;
    if (!options.source.has_test())
        throw UsageError("--test-output: with --train alone there are no test images; name them with --test");
    sets[1].open = [&] { return open_test_images(options.source, options.test_count); };
    sets[1].option = "test-output";
    sets[1].path = *options.test_output;
    return sets;
}

std::string picture_beside(const std::string& path) {
    const fs::path file(path);
    return file.extension() == ".npy" ? fs::path(file).replace_extension(".png").string() : path + ".png";
}

void check_places(const RowOptions& options, const std::vector<RowSet>& sets, bool pictures) {
    std::vector<NamedFile> written;
    for (const RowSet& set : sets) {
        written.push_back({set.option, set.path});
        if (pictures) written.push_back({set.option, picture_beside(set.path)});
    }
    std::vector<NamedFile> taken = files_read(options);
    for (const NamedFile& file : written) {
        check_apart(file, taken);
        taken.push_back(file);
        std::error_code problem;
        if (!options.overwrite && fs::exists(file.path, problem))
            throw Error("--" + file.option + ": " + file.path +
                        " exists already: give another name, or add --overwrite to replace it");
    }
}

void check_room(const RowSet& set, Index rows, Index columns) {
    const double bytes = static_cast<double>(rows) * static_cast<double>(columns) * sizeof(double);
    const double room = room_beside(set.path);
    if (bytes <= room) return;
    throw Error("--" + set.option + " " + set.path + ": the file would have " + std::to_string(rows) + " x " +
                std::to_string(columns) + " numbers, " + formatted("%.0f bytes, and there ", bytes) +
                "is room for " + formatted("%.0f", room) + "; free space or ask for fewer images");
}

void write_picture_beside(const RowSet& set, Index shown, const Model& model) {
    const Images images = set.open();
    const std::vector<std::uint8_t> inputs = images.first(shown);
    const std::vector<std::uint8_t> outputs = decoded_levels(model.shape, model.theta, inputs);
    const Index size = images.source->image_size(), count = std::ssize(inputs) / size;
    std::vector<std::uint8_t> pairs;
    for (Index begin = 0; begin < count * size; begin += size)
        for (const std::vector<std::uint8_t>& half : {std::cref(inputs), std::cref(outputs)})
            pairs.insert(pairs.end(), half.begin() + begin, half.begin() + begin + size);
    write_png(picture_beside(set.path),
              grid(pairs, count, 2 * images.source->rows(), images.source->cols(), {.stacked = 2}));
}

}  // namespace sae
