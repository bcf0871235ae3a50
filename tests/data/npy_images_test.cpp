#include "catch.hpp"
#include "idx_bytes.hpp"
#include "read_images.hpp"

using namespace sae;
using namespace sae::test;

namespace {

/// A .npy file's header with this description, in the version that `major` says, padded as NumPy does.
std::string described(std::string description, int major = 1) {
    const std::size_t prefix = major == 1 ? 10 : 12;
    description.resize((prefix + description.size() + 1 + 63) / 64 * 64 - prefix - 1, ' ');
    description += '\n';
    std::string bytes = "\x93NUMPY";
    bytes += static_cast<char>(major);
    bytes += '\0';
    for (std::size_t i = 0; i < prefix - 8; ++i)
        bytes += static_cast<char>(description.size() >> 8 * i & 0xff);
    return bytes + description;
}

std::string npy_header(const std::string& shape, const std::string& type = "|u1", bool fortran = false,
                       int major = 1) {
    return described("{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                         ", 'shape': (" + shape + "), }",
                     major);
}

/// The message of opening `contents` as images and reading them all, without "cannot read FILE: ".
std::string failure(const std::string& contents) {
    const std::string message = failure_of_images(contents);
    const std::string prefix = "cannot read FILE";
    REQUIRE(message.substr(0, prefix.size()) == prefix);
    const std::string rest = message.substr(prefix.size());
    return rest.starts_with(": ") ? rest.substr(2) : rest;
}

/// Rows x columns of the images of a file with this shape.
std::string size_of_images(const std::string& shape, std::size_t bytes) {
    TemporaryDirectory directory;
    write_text(directory / "a", npy_header(shape) + pixels(bytes));
    const auto source = open_image_file(directory / "a");
    return std::to_string(source->rows()) + " x " + std::to_string(source->cols());
}

struct Bad {
    std::string contents;
    std::string message;
};

}  // namespace

TEST_CASE("a .npy file of every version is read in any order, raw and gzip") {
    TemporaryDirectory directory;
    const std::string data = pixels(20 * 3 * 5);
    const int major = GENERATE(1, 2, 3);
    const bool compressed = GENERATE(false, true);
    const std::string contents = npy_header("20, 3, 5", "|u1", false, major) + data;
    const std::string path = directory / "images";
    write_text(path, compressed ? gzip(contents) : contents);
    const auto source = open_image_file(path);
    CHECK(source->count() == 20);
    CHECK(source->rows() == 3);
    CHECK(source->cols() == 5);
    CHECK(source->random_access() == !compressed);
    CHECK(source->description() == ".npy file " + path + ": 20 images of 3 x 5");
    CHECK(read_images(*source, 4, 1) == data.substr(4 * 15, 15));
    CHECK(read_images(*source, 0, 20) == data);
    CHECK(read_images(*source, 19, 1) == data.substr(19 * 15));
}

TEST_CASE("images given as rows of pixels are square if possible, else one row high") {
    CHECK(size_of_images("2, 784", 2 * 784) == "28 x 28");
    CHECK(size_of_images("2, 1", 2) == "1 x 1");
    CHECK(size_of_images("2, 15", 2 * 15) == "1 x 15");
    CHECK(size_of_images("2, 17", 2 * 17) == "1 x 17");
    CHECK(size_of_images("2, 4, 9", 2 * 36) == "4 x 9");
}

TEST_CASE("a description is read as Python would read it") {
    const std::string data = pixels(6);
    const auto& text =
        GENERATE_REF(std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }"),
                     std::string("{\"shape\":(1,2,3,),\"descr\":\"<u1\",\"fortran_order\":False}"),
                     std::string("{ 'fortran_order' : False , 'shape' : (1L, 2L, 3L) ,\n'descr' : 'u1' }"));
    TemporaryDirectory directory;
    write_text(directory / "a", described(text) + data);
    const auto source = open_image_file(directory / "a");
    CHECK(source->count() == 1);
    CHECK(source->rows() == 2);
    CHECK(read_images(*source, 0, 1) == data);
}

TEST_CASE("an array of another type, order or shape is refused with the line of NumPy that converts it") {
    const std::string bytes = ", expected unsigned bytes, \"|u1\"";
    const std::string of_type = "its array has elements of type ";
    const std::string shapes = "; expected [images, rows, cols] or [images, pixels]; write it by ";
    const auto& [contents, message] = GENERATE_REF(
        Bad{npy_header("2, 3", "<f8"), of_type + "\"<f8\"" + bytes +
                                           "; if they are from 0 to 1, write them by " +
                                           "numpy.save(\"images.npy\", (255 * a).round().astype(\"uint8\"))"},
        Bad{npy_header("2, 3", "<f4", true),
            of_type + "\"<f4\"" + bytes + "; if they are from 0 to 1, write them by " +
                "numpy.save(\"images.npy\", (255 * a).round().astype(\"uint8\", order=\"C\"))"},
        Bad{npy_header("2, 3", "|b1"),
            of_type + "\"|b1\"" + bytes +
                "; write them by numpy.save(\"images.npy\", 255 * a.astype(\"uint8\"))"},
        Bad{npy_header("2, 3", "<i8"), of_type + "\"<i8\"" + bytes +
                                           "; if they are from 0 to 255, write them by " +
                                           "numpy.save(\"images.npy\", a.astype(\"uint8\"))"},
        Bad{npy_header("2, 3", ">u2"), of_type + "\">u2\"" + bytes +
                                           "; if they are from 0 to 255, write them by " +
                                           "numpy.save(\"images.npy\", a.astype(\"uint8\"))"},
        Bad{npy_header("2, 3", "|i1"), of_type + "\"|i1\"" + bytes +
                                           "; if they are from 0 to 255, write them by " +
                                           "numpy.save(\"images.npy\", a.astype(\"uint8\"))"},
        Bad{npy_header("2, 3", "|O"), of_type + "\"|O\"" + bytes},
        Bad{npy_header("2, 3", ""), of_type + "\"\"" + bytes},
        Bad{described(
                "{'descr': [('a', '|u1'), ('b', '|u1', (2,))], 'fortran_order': False, 'shape': (3,), }"),
            of_type + "\"a structured type\"" + bytes},
        Bad{npy_header("2, 3, 5", "|u1", true),
            "its array is in Fortran order, expected C order; write it by numpy.save(\"images.npy\", "
            "numpy.ascontiguousarray(a))"},
        Bad{npy_header(""), "its array has 0 dimensions" + shapes +
                                "numpy.save(\"images.npy\", a.reshape(images, rows, cols))"},
        Bad{npy_header("784,"), "its array has 1 dimension, 784" + shapes +
                                    "numpy.save(\"images.npy\", a.reshape(images, rows, cols))"},
        Bad{npy_header("9, 28, 28, 1"),
            "its array has 4 dimensions, 9 x 28 x 28 x 1" + shapes + "numpy.save(\"images.npy\", a[..., 0])"},
        Bad{npy_header("9, 1, 28, 28"),
            "its array has 4 dimensions, 9 x 1 x 28 x 28" + shapes + "numpy.save(\"images.npy\", a[:, 0])"},
        Bad{npy_header("9, 28, 28, 3"),
            "its array has 4 dimensions, 9 x 28 x 28 x 3" + shapes +
                "numpy.save(\"images.npy\", a[..., :3].mean(axis=3).round().astype(\"uint8\"))"},
        Bad{npy_header("1, 2, 3, 4, 5, 6, 7, 8, 9"),
            "its array has 9 dimensions, 1 x 2 x 3 x 4 x 5 x 6 x 7 x 8 x ..." + shapes +
                "numpy.save(\"images.npy\", a.reshape(images, rows, cols))"});
    CHECK(failure(contents) == message);
}

TEST_CASE("a .npy header that is cut short or makes no sense is refused") {
    const std::string whole = npy_header("2, 3, 5");
    const std::string undescribed = "its header does not describe an array: ";
    const std::string start = "\x93NUMPY";
    const auto& [contents, message] = GENERATE_REF(
        Bad{start, "truncated: ends after 6 bytes, expected a .npy file's header of at least 8"},
        Bad{whole.substr(0, 9),
            "truncated: ends after 9 bytes, expected a .npy file's header of at least 10"},
        Bad{whole.substr(0, 127), "truncated: ends after 127 bytes, expected a .npy file's header of 128"},
        Bad{gzip(whole.substr(0, 127)),
            " (gzip): truncated: ends after 127 bytes, expected a .npy file's header of 128"},
        Bad{start + std::string("\4\0\0\0", 4), "a .npy file of version 4.0, expected 1.0, 2.0 or 3.0"},
        Bad{start + std::string("\1\1\0\0", 4), "a .npy file of version 1.1, expected 1.0, 2.0 or 3.0"},
        Bad{start + std::string("\0\0\0\0", 4), "a .npy file of version 0.0, expected 1.0, 2.0 or 3.0"},
        Bad{start + std::string("\2\0\xff\xff\xff\xff", 6),
            "the description of its array has 4294967295 bytes, expected at most 65536"},
        Bad{start + std::string("\1\0\0\0", 4), undescribed + "\"\""},
        Bad{described("{'descr': '|u1', 'fortran_order': False}").substr(0, 64),
            undescribed + "\"{'descr': '|u1', 'fortran_order': False}             \\n\""},
        Bad{npy_header("0, 28, 28"), "its header says 0 x 28 x 28, expected dimensions of at least 1"},
        Bad{npy_header("5, 0"), "its header says 5 x 0, expected dimensions of at least 1"},
        Bad{npy_header("9223372036854775807, 2"),
            "its header says 9223372036854775807 x 2, which is more than 2^63 - 1 bytes"},
        Bad{npy_header("1, 9223372036854775807"),
            "its header says 1 x 9223372036854775807, which is more than 2^63 - 1 bytes"});
    CHECK(failure(contents) == message);
}

TEST_CASE("a header that is not the dictionary of an array is refused") {
    for (const char* text : {"{", "{}", "[]", "{'descr': '|u1', 'fortran_order': 0, 'shape': (1, 2)}",
                             "{'descr': |u1, 'fortran_order': False, 'shape': (1, 2)}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, -2)}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1 2)}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': [1, 2]}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 9223372036854775808)}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2)} more",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2)",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2",
                             "{'descr': [[, 'fortran_order': False, 'shape': (1, 2)}",
                             "{'descr': '|u1' 'fortran_order': False 'shape': (1, 2)}",
                             "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), 'more': 1}"}) {
        CHECK(failure(described(text) + "ab").find("its header does not describe an array: ") == 0);
    }
}

TEST_CASE("a .npy file of another length than its header's is refused") {
    const std::string data = pixels(2 * 15);
    const std::string small = npy_header("2, 3, 5");
    const std::string expected = "expected 158 bytes (a header of 128 and 2 x 3 x 5)";
    const auto& [contents, message] = GENERATE_REF(
        Bad{small + data.substr(1), "it has 157 bytes, " + expected + "; is it truncated?"},
        Bad{small + data + "x", "it has 159 bytes, " + expected + "; something follows the array"},
        Bad{npy_header("2, 15") + data.substr(1),
            "it has 157 bytes, expected 158 bytes (a header of 128 and 2 x 15); is it truncated?"},
        Bad{npy_header("1048576, 1048576, 1048576") + data,
            "it has 158 bytes, expected 1152921504606847104 bytes (a header of 128 and 1048576 x 1048576 x "
            "1048576); is it truncated?"},
        Bad{gzip(small + data.substr(1)), " (gzip): it inflates to 157 bytes, " + expected},
        Bad{gzip(small + data + "x"), " (gzip): it inflates to more than the " + expected});
    CHECK(failure(contents) == message);
}
