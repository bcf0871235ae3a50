#include <algorithm>
#include <filesystem>

#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/data/picture.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

void write_pictures(const ShowOptions& options, std::ostream& out) {
    const Images train = open_training_images(options.source, std::ranges::max(options.first), 1, "first");
    const Images test = open_test_images(options.source, options.test_first, 1, "test-first");
    out << "data: " << train.source->description() << '\n';
    create_output_directory(options.output);
    const auto write = [&](const std::string& name, const Images& images, Index count) {
        const std::filesystem::path path =
            std::filesystem::path(options.output) / (name + '-' + std::to_string(count) + ".png");
        write_png(path, grid(images.first(count), count, images.source->rows(), images.source->cols()));
        out << path.string() << '\n';
    };
    for (const Index count : options.first) write("train-first", train, count);
    if (test.source) write("test-first", test, test.count);
}

}  // namespace

int show(const mpi::Communicator& world, const ShowOptions& options, std::ostream& out) {
    mpi::agreed_on_root(world, [&] { write_pictures(options, out); });
    return 0;
}

}  // namespace sae
