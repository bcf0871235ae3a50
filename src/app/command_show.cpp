#include <algorithm>
#include <filesystem>

#include "command_bodies.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/data/picture.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

class Gallery {
  public:
    Gallery(std::filesystem::path directory, std::ostream& out)
        : directory_(std::move(directory)), out_(out) {}

    void hang(const std::string& name, Images& images, Index count) {
        ImageSource& source = *images.source;
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(count * source.image_size()));
        source.read(0, pixels);
        const std::filesystem::path path = directory_ / (name + '-' + std::to_string(count) + ".png");
        write_png(path, grid(pixels, count, source.rows(), source.cols()));
        out_ << path.string() << '\n';
    }

  private:
    std::filesystem::path directory_;
    std::ostream& out_;
};

void write_pictures(const ShowOptions& options, std::ostream& out) {
    Images train = open_training_images(options.source, std::ranges::max(options.first), 1, "first");
    Images test = open_test_images(options.source, options.test_first, 1, "test-first");
    out << "data: " << train.source->description() << '\n';
    create_output_directory(options.output);
    Gallery gallery(options.output, out);
    for (const Index count : options.first) gallery.hang("train-first", train, count);
    if (test.source) gallery.hang("test-first", test, test.count);
}

}  // namespace

int show(const mpi::Communicator& world, const ShowOptions& options, std::ostream& out) {
    mpi::agreed(world, [&] {
        if (world.is_root()) write_pictures(options, out);
    });
    return 0;
}

}  // namespace sae
