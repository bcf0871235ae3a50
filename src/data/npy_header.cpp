#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "image_array.hpp"
#include "npy_description.hpp"
#include "sae/data/metadata.hpp"

namespace sae {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
/// NumPy pads the description of images to 118 bytes; a longer one does not describe images.
constexpr Index kLongestDescription = 1 << 16;

/// The number of `size` bytes at `offset`, little-endian.
Index little_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
    Index value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[offset + i]);
    return value;
}

std::string shape_text(const std::vector<Index>& shape) {
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(shape.size(), kMost); ++i) {
        text += (i > 0 ? " x " : "") + std::to_string(shape[i]);
    }
    return shape.size() > kMost ? text + " x ..." : text;
}

std::string numpy_line(const std::string& array) {
    return "numpy.save(\"images.npy\", " + array + ")";
}

/// Refuses element types other than unsigned bytes, "|u1". A single byte has no byte order.
void check_type(const FileContents& contents, const NpyDescription& description) {
    const std::string& type = description.type;
    const std::string kind =
        type.substr(!type.empty() && std::string_view("|<>=").find(type[0]) != std::string::npos);
    if (kind == "u1") return;
    const std::string problem =
        "its array has elements of type " + quoted(type) + ", expected unsigned bytes, \"|u1\"";
    // astype() keeps the order of the array.
    const std::string to_bytes =
        description.fortran_order ? ".astype(\"uint8\", order=\"C\")" : ".astype(\"uint8\")";
    if (kind == "b1") contents.fail(problem + "; write them by " + numpy_line("255 * a" + to_bytes));
    if (kind.starts_with('f')) {
        contents.fail(problem + "; if they are from 0 to 1, write them by " +
                      numpy_line("(255 * a).round()" + to_bytes));
    }
    if (kind.starts_with('i') || kind.starts_with('u')) {
        contents.fail(problem + "; if they are from 0 to 255, write them by " + numpy_line("a" + to_bytes));
    }
    contents.fail(problem);
}

/// The line of NumPy that turns an array with another number of dimensions into images, [images, rows, cols].
std::string images_of(const std::vector<Index>& shape) {
    if (shape.size() == 4 && shape[3] == 1) return "a[..., 0]";
    if (shape.size() == 4 && shape[1] == 1) return "a[:, 0]";
    if (shape.size() == 4 && (shape[3] == 3 || shape[3] == 4)) {
        return "a[..., :3].mean(axis=3).round().astype(\"uint8\")";
    }
    return "a.reshape(images, rows, cols)";
}

void check_order(const FileContents& contents, const NpyDescription& description) {
    const std::size_t dimensions = description.shape.size();
    if (dimensions != 2 && dimensions != 3) {
        contents.fail("its array has " + std::to_string(dimensions) +
                      (dimensions == 1 ? " dimension" : " dimensions") +
                      (dimensions > 0 ? ", " + shape_text(description.shape) : "") +
                      "; expected [images, rows, cols] or [images, pixels]; write it by " +
                      numpy_line(images_of(description.shape)));
    }
    if (description.fortran_order) {
        contents.fail("its array is in Fortran order, expected C order; write it by " +
                      numpy_line("numpy.ascontiguousarray(a)"));
    }
}

/// Rows and columns of an image of so many pixels: square if possible, else one row.
std::pair<Index, Index> size_of_image(Index pixels) {
    const auto side = static_cast<Index>(std::sqrt(static_cast<double>(pixels)));
    return side * side == pixels ? std::pair(side, side) : std::pair(Index{1}, pixels);
}

/// Where the description begins and its length, which takes two bytes in version 1.0 and four in 2.0 and 3.0.
std::pair<Index, Index> place_of_description(FileContents& contents) {
    constexpr std::size_t kVersion = 6, kLength = 8;
    const std::string_view start = contents.first(kLength + 4);
    const auto truncated = [&](Index wanted) {
        contents.fail("truncated: ends after " + std::to_string(contents.first(wanted).size()) +
                      " bytes, expected a .npy file's header of at least " + std::to_string(wanted));
    };
    if (start.size() < kLength) truncated(kLength);
    const int major = static_cast<std::uint8_t>(start[kVersion]),
              minor = static_cast<std::uint8_t>(start[kVersion + 1]);
    if (major < 1 || major > 3 || minor != 0) {
        contents.fail("a .npy file of version " + std::to_string(major) + "." + std::to_string(minor) +
                      ", expected 1.0, 2.0 or 3.0");
    }
    const std::size_t bytes = major == 1 ? 2 : 4;
    const auto begin = static_cast<Index>(kLength + bytes);
    if (static_cast<Index>(start.size()) < begin) truncated(begin);
    return {begin, little_endian(start, kLength, bytes)};
}

}  // namespace

bool is_npy(FileContents& contents) {
    return contents.first(static_cast<Index>(kMagic.size())) == kMagic;
}

ImageArray read_npy_header(FileContents& contents) {
    const auto [begin, length] = place_of_description(contents);
    if (length > kLongestDescription) {
        contents.fail("the description of its array has " + std::to_string(length) +
                      " bytes, expected at most " + std::to_string(kLongestDescription));
    }
    const std::string_view header = contents.first(begin + length);
    if (static_cast<Index>(header.size()) < begin + length) {
        contents.fail("truncated: ends after " + std::to_string(header.size()) +
                      " bytes, expected a .npy file's header of " + std::to_string(begin + length));
    }
    const std::string_view text = header.substr(static_cast<std::size_t>(begin));
    const std::optional<NpyDescription> description = parse_npy_description(text);
    if (!description) contents.fail("its header does not describe an array: " + quoted(std::string(text)));
    check_type(contents, *description);
    check_order(contents, *description);
    const std::vector<Index>& shape = description->shape;
    const auto [rows, cols] = shape.size() == 3 ? std::pair(shape[1], shape[2]) : size_of_image(shape[1]);
    return {".npy file", begin + length, shape[0], rows, cols, shape_text(shape)};
}

}  // namespace sae
