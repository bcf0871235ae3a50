#include <cstdint>
#include <cstdio>

#include "image_array.hpp"

namespace sae {
namespace {

constexpr std::uint32_t kUnsignedBytes = 0x08;
constexpr std::uint32_t kLabels = kUnsignedBytes << 8 | 1;
constexpr std::uint32_t kImages = kUnsignedBytes << 8 | 3;
constexpr std::size_t kHeaderSize = 16;

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

std::string magic_text(std::uint32_t magic) {
    char text[11];
    std::snprintf(text, sizeof text, "0x%08x", magic);
    return text;
}

/// The type of elements for the third byte of the magic number; null for types that IDX does not have.
const char* element_type(std::uint32_t magic) {
    switch (magic >> 8) {
        case kUnsignedBytes:
            return "unsigned bytes";
        case 0x09:
            return "signed bytes";
        case 0x0B:
            return "16-bit integers";
        case 0x0C:
            return "32-bit integers";
        case 0x0D:
            return "32-bit floats";
        case 0x0E:
            return "64-bit floats";
        default:
            return nullptr;
    }
}

std::string kind_of_array(std::uint32_t magic) {
    const std::uint32_t dimensions = magic & 0xff;
    const char* type = element_type(magic);
    if (type == nullptr || dimensions == 0) return "no IDX file";
    std::string text = std::string("an IDX file of ") + type + " with " + std::to_string(dimensions) +
                       (dimensions == 1 ? " dimension" : " dimensions");
    if (magic == kLabels) text += " (labels)";
    if (magic == kImages) text += " (images)";
    return text;
}

std::string kind_and_magic(std::uint32_t magic) {
    return kind_of_array(magic) + ", magic number " + magic_text(magic);
}

}  // namespace

ImageArray read_idx_header(FileContents& contents) {
    const std::string_view header = contents.first(kHeaderSize);
    const std::string wanted = kind_and_magic(kImages) + ", or a .npy file of unsigned bytes";
    if (header.empty()) contents.fail("empty, expected " + wanted);
    const std::uint32_t magic = big_endian(header);
    if (header.size() >= 4 && magic != kImages) {
        contents.fail(kind_and_magic(magic) + "; expected " + wanted);
    }
    if (header.size() < kHeaderSize) {
        contents.fail("truncated: ends after " + std::to_string(header.size()) +
                      " bytes, expected a header of " + std::to_string(kHeaderSize) + " bytes of " +
                      kind_and_magic(kImages));
    }
    ImageArray array{"IDX file",
                     kHeaderSize,
                     big_endian(header.substr(4)),
                     big_endian(header.substr(8)),
                     big_endian(header.substr(12)),
                     {}};
    array.dimensions =
        std::to_string(array.count) + " x " + std::to_string(array.rows) + " x " + std::to_string(array.cols);
    return array;
}

}  // namespace sae
