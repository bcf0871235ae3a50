#include "idx_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "sae/core/error.hpp"

namespace sae {
namespace {

constexpr std::uint32_t kUnsignedBytes = 0x08;
constexpr Index kSkipSize = 64 * 1024;

std::uint32_t big_endian(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (const std::byte byte : bytes.first(4)) value = value << 8 | std::to_integer<std::uint32_t>(byte);
    return value;
}

std::string magic_text(std::uint32_t magic) {
    char text[11];
    std::snprintf(text, sizeof text, "0x%08x", magic);
    return text;
}

/// What the third byte of the magic number says about the elements; null if nothing that IDX knows.
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
    if (magic == (kUnsignedBytes << 8 | 1)) text += " (labels)";
    if (magic == (kUnsignedBytes << 8 | 3)) text += " (images)";
    return text;
}

std::string sizes_text(const std::vector<Index>& sizes) {
    std::string text;
    for (const Index size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
    return text;
}

}  // namespace

IdxFile::IdxFile(const std::string& path, std::size_t dimensions) : file_(path) {
    if (GzipReader::recognises(file_)) gzip_ = std::make_unique<GzipReader>(file_);
    read_header(dimensions);
    check_size();
}

void IdxFile::read_header(std::size_t dimensions) {
    std::array<std::byte, 4 + 4 * 255> buffer{};
    const std::span header = std::span(buffer).first(4 + 4 * dimensions);
    std::size_t size = 0;
    if (compressed()) {
        size = gzip_->read(header);
    } else {
        size = static_cast<std::size_t>(std::min(file_.size(), static_cast<Index>(header.size())));
        file_.read_at(0, header.first(size));
    }
    position_ = static_cast<Index>(size);
    const auto expected = static_cast<std::uint32_t>(kUnsignedBytes << 8 | dimensions);
    const std::string wanted = kind_of_array(expected) + ", magic number " + magic_text(expected);
    if (size == 0) fail("empty, expected " + wanted);
    if (size >= 4 && big_endian(header) != expected) {
        fail(kind_of_array(big_endian(header)) + ", magic number " + magic_text(big_endian(header)) +
             "; expected " + wanted);
    }
    if (size < header.size()) {
        fail("truncated: ends after " + std::to_string(size) + " bytes, expected a header of " +
             std::to_string(header.size()) + " bytes of " + wanted);
    }
    for (std::size_t i = 0; i < dimensions; ++i) sizes_.push_back(big_endian(header.subspan(4 + 4 * i)));
}

void IdxFile::check_size() {
    length_ = 1;
    bool overflows = false;
    for (const Index size : sizes_) {
        if (size == 0) fail("its header says " + sizes_text(sizes_) + ", expected dimensions of at least 1");
        overflows = overflows || __builtin_mul_overflow(length_, size, &length_);
    }
    Index whole = 0;
    if (overflows || __builtin_add_overflow(header_size(), length_, &whole)) {
        fail("its header says " + sizes_text(sizes_) + ", which is more than 2^63 - 1 bytes");
    }
    if (!compressed() && file_.size() != whole) {
        fail("it has " + std::to_string(file_.size()) + " bytes, expected " + size_by_header() +
             (file_.size() < whole ? "; is it truncated?" : "; something follows the array"));
    }
    if (compressed() && whole / GzipReader::max_expansion > file_.size()) {
        fail("its " + std::to_string(file_.size()) + " bytes of gzip cannot hold the expected " +
             size_by_header());
    }
}

void IdxFile::read(Index offset, std::span<std::byte> bytes) {
    if (!compressed()) return file_.read_at(header_size() + offset, bytes);
    skip_to(header_size() + offset);
    inflate(bytes);
    if (position_ == header_size() + length_) expect_end();
}

void IdxFile::skip_to(Index position) {
    if (position < position_) {
        gzip_ = std::make_unique<GzipReader>(file_);
        position_ = 0;
    }
    std::vector<std::byte> skipped(static_cast<std::size_t>(std::min(kSkipSize, position - position_)));
    while (position_ < position) {
        const Index size = std::min(kSkipSize, position - position_);
        inflate(std::span(skipped).first(static_cast<std::size_t>(size)));
    }
}

void IdxFile::inflate(std::span<std::byte> bytes) {
    const std::size_t size = gzip_->read(bytes);
    position_ += static_cast<Index>(size);
    if (size < bytes.size()) {
        fail("it inflates to " + std::to_string(position_) + " bytes, expected " + size_by_header());
    }
}

void IdxFile::expect_end() {
    std::array<std::byte, 1> more{};
    if (gzip_->read(more) > 0) fail("it inflates to more than the expected " + size_by_header());
}

std::string IdxFile::size_by_header() const {
    return std::to_string(header_size() + length_) + " bytes (a header of " + std::to_string(header_size()) +
           " and " + sizes_text(sizes_) + ")";
}

void IdxFile::fail(const std::string& problem) const {
    throw Error("cannot read " + path() + (compressed() ? " (gzip): " : ": ") + problem);
}

}  // namespace sae
