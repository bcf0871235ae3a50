#include "sae/data/image_file.hpp"

#include "catch.hpp"
#include "idx_bytes.hpp"
#include "read_images.hpp"

using namespace sae;
using namespace sae::test;

namespace {

constexpr std::uint32_t kImages = 0x00000803;
constexpr std::uint32_t kLabels = 0x00000801;

struct Bad {
    std::string contents;
    std::string message;
};

}  // namespace

TEST_CASE("images of any size are read in any order, raw and gzip") {
    TemporaryDirectory directory;
    const std::string data = pixels(20 * 3 * 5);
    const std::string contents = header({kImages, 20, 3, 5}) + data;
    const bool compressed = GENERATE(false, true);
    const std::string path = directory / "images";
    write_text(path, compressed ? gzip(contents) : contents);
    const auto source = open_image_file(path);
    CHECK(source->count() == 20);
    CHECK(source->rows() == 3);
    CHECK(source->cols() == 5);
    CHECK(source->random_access() == !compressed);
    CHECK(source->description() == "IDX file " + path + ": 20 images of 3 x 5");
    CHECK(read_images(*source, 0, 2) == data.substr(0, 2 * 15));
    CHECK(read_images(*source, 4, 1) == data.substr(4 * 15, 15));
    CHECK(read_images(*source, 0, 20) == data);
    CHECK(read_images(*source, 3, 7) == data.substr(3 * 15, 7 * 15));
    CHECK(read_images(*source, 20, 0).empty());
}

TEST_CASE("a range beyond the images is refused") {
    TemporaryDirectory directory;
    write_text(directory / "a", header({kImages, 2, 1, 2}) + "abcd");
    const auto source = open_image_file(directory / "a");
    CHECK(message_of<Error>([&] {
              (void)read_images(*source, 1, 2);
          }).find("cannot read 2 images from number 1 on: there are 2 (IDX file") == 0);
    CHECK_THROWS_AS(read_images(*source, -1, 1), Error);
    CHECK_THROWS_AS(read_images(*source, 3, 0), Error);
    std::vector<std::uint8_t> half(3);
    CHECK_THROWS_AS(source->read(0, half), Error);
}

TEST_CASE("if a file is not an IDX file of images, the message says what it is") {
    const std::string images =
        "expected an IDX file of unsigned bytes with 3 dimensions (images), magic number 0x00000803, or a "
        ".npy "
        "file of unsigned bytes";
    const auto& [contents, message] = GENERATE_REF(
        Bad{"", "cannot read FILE: empty, " + images},
        Bad{gzip(""), "cannot read FILE (gzip): empty, " + images},
        Bad{header({kLabels, 1}) + "a",
            "cannot read FILE: an IDX file of unsigned bytes with 1 dimension (labels), magic number "
            "0x00000801; " +
                images},
        Bad{header({0x00000d03, 1, 1, 1}) + "abcd",
            "cannot read FILE: an IDX file of 32-bit floats with 3 dimensions, magic number 0x00000d03; " +
                images},
        Bad{header({0x00000804, 1, 1, 1, 1}) + "a",
            "cannot read FILE: an IDX file of unsigned bytes with 4 dimensions, magic number 0x00000804; " +
                images},
        Bad{"PK\x03\x04 and so on", "cannot read FILE: no IDX file, magic number 0x504b0304; " + images},
        Bad{gzip("some text"), "cannot read FILE (gzip): no IDX file, magic number 0x736f6d65; " + images},
        Bad{header({0x03080000, 1, 1, 1}),
            "cannot read FILE: no IDX file, magic number 0x03080000; " + images});
    CHECK(failure_of_images(contents) == message);
}

TEST_CASE("a header that is cut short or makes no sense is refused") {
    const std::string cut =
        "bytes, expected a header of 16 bytes of an IDX file of unsigned bytes with 3 dimensions (images), "
        "magic number 0x00000803";
    constexpr std::uint32_t large = 0xffffffff;
    const auto& [contents, message] = GENERATE_REF(
        Bad{header({kImages}).substr(0, 3), "cannot read FILE: truncated: ends after 3 " + cut},
        Bad{header({kImages, 1, 1}), "cannot read FILE: truncated: ends after 12 " + cut},
        Bad{gzip(header({kImages, 1, 1})), "cannot read FILE (gzip): truncated: ends after 12 " + cut},
        Bad{header({kImages, 0, 28, 28}),
            "cannot read FILE: its header says 0 x 28 x 28, expected dimensions of at least 1"},
        Bad{header({kImages, 5, 28, 0}),
            "cannot read FILE: its header says 5 x 28 x 0, expected dimensions of at least 1"},
        Bad{header({kImages, large, large, large}),
            "cannot read FILE: its header says 4294967295 x 4294967295 x 4294967295, which is more than "
            "2^63 - 1 bytes"},
        Bad{header({kImages, 0x80000000, 0x80000000, 2}),
            "cannot read FILE: its header says 2147483648 x 2147483648 x 2, which is more than 2^63 - 1 "
            "bytes"},
        // 2^63 - 1 = 7^2 * 73 * 127 * 337 * 92737 * 649657: the product fits and the header with it does not.
        Bad{header({kImages, 7 * 7 * 73 * 127 * 337, 92737, 649657}),
            "cannot read FILE: its header says 153092023 x 92737 x 649657, which is more than 2^63 - 1 "
            "bytes"});
    CHECK(failure_of_images(contents) == message);
}

TEST_CASE("a file of another length than its header says is refused, without allocating that much") {
    const std::string data = pixels(2 * 3 * 5);
    const std::string small = header({kImages, 2, 3, 5});
    const std::string expected = "expected 46 bytes (a header of 16 and 2 x 3 x 5)";
    const std::string huge = header({kImages, 1U << 20, 1U << 20, 1U << 20});
    const std::string expected_huge =
        "expected 1152921504606846992 bytes (a header of 16 and 1048576 x 1048576 x 1048576)";
    const std::string huge_gzip = gzip(huge + data);
    const auto& [contents, message] = GENERATE_REF(
        Bad{small + data.substr(1), "cannot read FILE: it has 45 bytes, " + expected + "; is it truncated?"},
        Bad{small + data + "x",
            "cannot read FILE: it has 47 bytes, " + expected + "; something follows the array"},
        Bad{small, "cannot read FILE: it has 16 bytes, " + expected + "; is it truncated?"},
        Bad{huge + data, "cannot read FILE: it has 46 bytes, " + expected_huge + "; is it truncated?"},
        Bad{huge_gzip, "cannot read FILE (gzip): its " + std::to_string(huge_gzip.size()) +
                           " bytes of gzip cannot hold the " + expected_huge},
        Bad{gzip(small + data.substr(1)), "cannot read FILE (gzip): it inflates to 45 bytes, " + expected},
        Bad{gzip(small + data + "x"), "cannot read FILE (gzip): it inflates to more than the " + expected});
    CHECK(failure_of_images(contents) == message);
}

TEST_CASE(
    "damage after the images that are read is not noticed in a gzip file; reading all images finds it") {
    TemporaryDirectory directory;
    const std::string data = pixels(200 * 1000);
    std::string contents = gzip(header({kImages, 200, 10, 100}) + data);
    contents[contents.size() - 8] ^= 1;
    write_text(directory / "a", contents);
    const auto source = open_image_file(directory / "a");
    CHECK(read_images(*source, 0, 199) == data.substr(0, 199 * 1000));
    CHECK(message_of<Error>([&] { (void)read_images(*source, 199, 1); }).find("incorrect data check") !=
          std::string::npos);
    write_text(directory / "b", contents.substr(0, contents.size() / 2));
    const auto truncated = open_image_file(directory / "b");
    CHECK(message_of<Error>([&] { (void)read_images(*truncated, 0, 200); }).find("truncated") !=
          std::string::npos);
}

TEST_CASE("if a file cannot be read, the message says why") {
    TemporaryDirectory directory;
    CHECK(message_of<Error>([&] {
              (void)open_image_file(directory / "none");
          }).find("cannot read " + (directory / "none") + ": No such file") == 0);
    CHECK(message_of<Error>([&] { (void)open_image_file(directory.path()); }).find("it is a directory") !=
          std::string::npos);
}
