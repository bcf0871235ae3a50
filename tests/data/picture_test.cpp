#include "sae/data/picture.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#include <stb_image.h>

#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

std::uint8_t at(const Picture& picture, Index row, Index col) {
    return picture.pixels.at(static_cast<std::size_t>(row * picture.width + col));
}

/// The image in a PNG file, as stb_image reads it; it shares no code with stb_image_write.
Picture decode(std::string_view file) {
    int width = 0;
    int height = 0;
    int channels = 0;
    std::uint8_t* const pixels =
        stbi_load_from_memory(reinterpret_cast<const std::uint8_t*>(file.data()),
                              static_cast<int>(file.size()), &width, &height, &channels, 0);
    REQUIRE(pixels != nullptr);
    CHECK(channels == 1);
    Picture picture{width, height, {pixels, pixels + width * height}};
    stbi_image_free(pixels);
    return picture;
}

}  // namespace

TEST_CASE("images are in reading order, upright, enlarged, in a frame") {
    const std::vector<std::uint8_t> images = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12};
    const Picture narrow = grid(images, 5, 1, 2, {.width = 0, .border = 9});
    CHECK(narrow.width == 1 + 2 * 3);
    CHECK(narrow.height == 1 + 3 * 2);
    CHECK(narrow.pixels == std::vector<std::uint8_t>{9, 9,  9,  9, 9, 9, 9,  //
                                                     9, 1,  2,  9, 3, 4, 9,  //
                                                     9, 9,  9,  9, 9, 9, 9,  //
                                                     9, 5,  6,  9, 7, 8, 9,  //
                                                     9, 9,  9,  9, 9, 9, 9,  //
                                                     9, 11, 12, 9, 9, 9, 9,  //
                                                     9, 9,  9,  9, 9, 9, 9});
    const Picture tall =
        grid(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}, 1, 3, 2, {.width = 4, .border = 0});
    CHECK(tall.width == 2 + 2 * 2 + 2);
    CHECK(tall.height == 2 + 2 * 3 + 2);
    for (Index row = 0; row < 6; ++row) {
        for (Index col = 0; col < 4; ++col) CHECK(at(tall, 2 + row, 2 + col) == 1 + row / 2 * 2 + col / 2);
    }
}

TEST_CASE("grids of usual sizes are nearly square and wide enough for people") {
    const Index count = GENERATE(1, 10, 25, 50, 100, 196, 250, 400);
    const std::vector<std::uint8_t> images(static_cast<std::size_t>(count * 784), 255);
    const Picture picture = grid(images, count, 28, 28);
    CHECK(picture.width >= 550);
    CHECK(picture.width <= 1000);
    CHECK(picture.height <= picture.width);
    CHECK(picture.height * 3 >= picture.width * 2);
    const auto white = std::count(picture.pixels.begin(), picture.pixels.end(), 255);
    CHECK(white % (count * 784) == 0);
    CHECK(white > 0);
}

TEST_CASE("a grid has no empty cells if a nearly square one needs none") {
    struct Layout {
        Index count, rows, cols, across, down;
    };
    const auto& [count, rows, cols, across, down] =
        GENERATE(Layout{100, 20, 30, 10, 10}, Layout{30, 30, 20, 6, 5}, Layout{100, 28, 28, 10, 10},
                 Layout{10, 28, 28, 4, 3}, Layout{50, 28, 28, 8, 7}, Layout{1, 28, 28, 1, 1},
                 Layout{2, 28, 28, 2, 1}, Layout{7, 28, 28, 3, 3}, Layout{6, 28, 28, 3, 2},
                 Layout{3, 200, 8, 3, 1}, Layout{10, 8, 200, 1, 10}, Layout{54, 28, 28, 9, 6});
    const std::vector<std::uint8_t> images(static_cast<std::size_t>(count * rows * cols));
    const Picture picture = grid(images, count, rows, cols, {.width = 0});
    CHECK(picture.width == 1 + across * (cols + 1));
    CHECK(picture.height == 1 + down * (rows + 1));
}

TEST_CASE("a line of one pixel separates stacked images, however much they are enlarged") {
    const std::vector<std::uint8_t> pair = {1, 2, 3, 4};
    const Picture plain = grid(pair, 1, 2, 2, {.width = 0, .border = 9, .stacked = 2});
    CHECK(plain.pixels == std::vector<std::uint8_t>{9, 9, 9, 9,  //
                                                    9, 1, 2, 9,  //
                                                    9, 9, 9, 9,  //
                                                    9, 3, 4, 9,  //
                                                    9, 9, 9, 9});
    const Picture large = grid(pair, 1, 2, 2, {.width = 6, .border = 9, .stacked = 2});
    CHECK(large.height == 2 + 3 + 1 + 3 + 2);
    for (Index row = 2; row < 9; ++row) {
        CHECK(at(large, row, 2) == (row < 5 ? 1 : row == 5 ? 9 : 3));
        CHECK(at(large, row, 7) == (row < 5 ? 2 : row == 5 ? 9 : 4));
    }
}

TEST_CASE("the lines of a grid differ from the images next to them") {
    const auto line_around = [](std::vector<std::uint8_t> images) {
        return at(grid(images, std::ssize(images) / 12, 3, 4), 0, 0);
    };
    CHECK(line_around(std::vector<std::uint8_t>(1200, 0)) == 72);
    CHECK(line_around(std::vector<std::uint8_t>(1200, 255)) == 72);
    CHECK(line_around(std::vector<std::uint8_t>(1200, 128)) == 72);
    CHECK(line_around(std::vector<std::uint8_t>(1200, 100)) == 255);
    std::vector<std::uint8_t> photograph;
    for (int i = 0; i < 1200; ++i) photograph.push_back(static_cast<std::uint8_t>(i % 180));
    CHECK(line_around(photograph) == 255);
    for (std::uint8_t& pixel : photograph) pixel = static_cast<std::uint8_t>(pixel + 70);
    CHECK(line_around(photograph) == 0);
    // The inside of an image does not count, nor do a few strokes that reach the edge.
    std::vector<std::uint8_t> strokes(1200, 0);
    for (std::size_t i = 0; i < strokes.size(); i += 12) strokes[i + 5] = 72;
    strokes[0] = 72;
    CHECK(line_around(strokes) == 72);
}

TEST_CASE("the cells that a grid leaves empty are counted") {
    CHECK(empty_cells(1, 28, 28) == 0);
    CHECK(empty_cells(100, 28, 28) == 0);
    CHECK(empty_cells(10, 28, 28) == 2);
    CHECK(empty_cells(5, 1, 2) == 1);  // as in the first test
}

TEST_CASE("an image of a single column is not enlarged beyond the height of a picture") {
    const std::vector<std::uint8_t> image(200, 255);
    const Picture picture = grid(image, 1, 200, 1);
    CHECK(picture.width > 500);
    CHECK(picture.width * picture.height <= Index{1} << 26);
    CHECK(at(picture, picture.height - 3, picture.width - 3) == 255);
}

TEST_CASE("a grid of too few values is refused") {
    const std::vector<std::uint8_t> images(10);
    CHECK_THROWS_AS(grid(images, 3, 2, 2), Error);
    CHECK_THROWS_AS(grid(images, 0, 2, 2), Error);
    CHECK_THROWS_AS(grid(images, 5, 2, 0), Error);
    CHECK_THROWS_AS(grid(images, 2, 2, 2), Error);
    CHECK_THROWS_AS(grid(images, 2, 5, 1, {.stacked = 2}), Error);
    CHECK_THROWS_AS(grid(images, 2, 5, 1, {.stacked = 0}), Error);
    const std::vector<double> weights(7);
    CHECK_THROWS_AS(weight_grid(weights, 2, 2, 2), Error);
}

TEST_CASE("each unit's weights are scaled on their own, 0 in the middle") {
    const std::vector<double> w1 = {0,      2, -1, -2,        //
                                    1e-300, 0, 0,  0.5e-300,  //
                                    0,      0, 0,  0,         //
                                    -1e300, 0, 1,  1e300};
    const Picture picture = weight_grid(w1, 4, 2, 2, {.width = 0, .border = 9});
    const std::vector<std::uint8_t> expected = {9, 9,   9,   9, 9,   9,   9,  //
                                                9, 128, 255, 9, 255, 128, 9,  //
                                                9, 65,  1,   9, 128, 192, 9,  //
                                                9, 9,   9,   9, 9,   9,   9,  //
                                                9, 128, 128, 9, 1,   128, 9,  //
                                                9, 128, 128, 9, 128, 255, 9,  //
                                                9, 9,   9,   9, 9,   9,   9};
    CHECK(picture.pixels == expected);
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
        CHECK_THROWS_AS(weight_grid(std::vector<double>{1, bad}, 1, 1, 2), Error);
    }
}

TEST_CASE("activations become grey levels") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> activations = {0, 1, 0.5, 1.0 / 255, 0.4 / 255, -1, 2, nan};
    CHECK(grey_levels(activations) == std::vector<std::uint8_t>{0, 255, 128, 1, 0, 0, 255, 0});
}

TEST_CASE("a PNG file holds the picture") {
    TemporaryDirectory directory;
    Picture picture{37, 11, {}};
    for (int i = 0; i < 37 * 11; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i * i));
    write_png(directory / "a.png", picture);
    CHECK((decode(read_text(directory / "a.png")) == picture));
    CHECK(directory.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("a PNG of enlarged images is small and holds them exactly") {
    std::vector<std::uint8_t> images(100 * 784);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<std::uint8_t>(i * i / 7);
    const Picture picture = grid(images, 100, 28, 28);
    const std::vector<std::byte> file = encode_png(picture);
    CHECK(file.size() < 3 * images.size() / 2);
    CHECK((decode({reinterpret_cast<const char*>(file.data()), file.size()}) == picture));
}

TEST_CASE("a picture that is too large for PNG or memory is refused") {
    CHECK_THROWS_AS(encode_png({0, 5, {}}), Error);
    CHECK_THROWS_AS(encode_png({1, 5, {1, 2, 3, 4}}), Error);
    CHECK(message_of<Error>([] {
              (void)encode_png({1 << 15, 1 << 15, {}});
          }) == "cannot make a PNG of 32768 x 32768 pixels: expected 1 to 2^29 of them; show fewer images");
}
