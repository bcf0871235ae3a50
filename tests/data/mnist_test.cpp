#include <algorithm>
#include <array>

#include "catch.hpp"
#include "idx_bytes.hpp"
#include "sae/core/error.hpp"
#include "sae/data/image_file.hpp"
#include "sae/data/mnist_files.hpp"
#include "sae/data/sha256.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

std::string touch(const TemporaryDirectory& directory, const std::string& name) {
    write_text(directory / name, "x");
    return directory / name;
}

std::vector<std::uint8_t> read_all(ImageSource& source, Index piece) {
    std::vector<std::uint8_t> images(static_cast<std::size_t>(source.count() * source.image_size()));
    for (Index first = 0; first < source.count(); first += piece) {
        const Index count = std::min(piece, source.count() - first);
        source.read(first, std::span(images).subspan(static_cast<std::size_t>(first * source.image_size()),
                                                     static_cast<std::size_t>(count * source.image_size())));
    }
    return images;
}

}  // namespace

TEST_CASE("the MNIST files are found by any of their names, raw before gzip") {
    TemporaryDirectory directory;
    touch(directory, "train-images-idx3-ubyte.gz");
    const std::string train = touch(directory, "train-images-idx3-ubyte");
    const std::string test = touch(directory, "t10k-images.idx3-ubyte.gz");
    const MnistFiles files = find_mnist(directory.path());
    CHECK(files.train_images == train);
    CHECK(files.test_images == test);
}

TEST_CASE("the message names the missing file of MNIST and the names that were tried") {
    TemporaryDirectory directory;
    const std::string file = touch(directory, "train-images-idx3-ubyte");
    CHECK(message_of<Error>([&] { (void)find_mnist(directory.path()); }) ==
          "no MNIST test images in " + directory.path() +
              ": looked for t10k-images-idx3-ubyte, t10k-images.idx3-ubyte, t10k-images-idx3-ubyte.gz, "
              "t10k-images.idx3-ubyte.gz");
    CHECK(message_of<Error>([&] { (void)find_mnist(directory / "none"); }) ==
          "no MNIST in " + (directory / "none") +
              ": No such file or directory, expected a directory that holds the files");
    CHECK(message_of<Error>([&] { (void)find_mnist(file); }) ==
          "no MNIST in " + file + ": it is a file, expected a directory that holds the files");
}

TEST_CASE("the real MNIST is read, gzip and raw") {
    if (!std::filesystem::is_directory(SAE_MNIST)) {
        WARN("skipped: MNIST is not in " SAE_MNIST);
        return;
    }
    const MnistFiles files = find_mnist(SAE_MNIST);
    const auto train = open_image_file(files.train_images);
    CHECK(train->count() == 60000);
    CHECK(train->rows() == 28);
    CHECK(train->cols() == 28);
    std::array<std::uint8_t, 784> first{};
    train->read(0, first);
    CHECK(hex(sha256(std::as_bytes(std::span(first)))) ==
          "23ceaef5eb61f0e70d64ac18fdf0f60df3d5971cf30bbadac7b6ebf07f782d2c");

    const auto test = open_image_file(files.test_images);
    const std::vector<std::uint8_t> images = read_all(*test, 777);
    CHECK(hex(sha256(std::as_bytes(std::span(images)))) ==
          "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161");
    TemporaryDirectory directory;
    write_text(directory / "raw", header({0x803, 10000, 28, 28}) + std::string(images.begin(), images.end()));
    const auto raw = open_image_file(directory / "raw");
    CHECK((read_all(*raw, 10000) == images));
    std::vector<std::uint8_t> last(784);
    test->read(9999, last);
    CHECK((std::equal(last.begin(), last.end(), images.end() - 784)));
}
