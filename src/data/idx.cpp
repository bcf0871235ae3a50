#include "sae/data/idx.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "sae/core/error.hpp"
#include "sae/data/gzip_reader.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/readable.hpp"

namespace sae {
namespace {

constexpr std::uint32_t kUnsignedBytes = 0x08;
constexpr std::uint32_t kLabels = kUnsignedBytes << 8 | 1;
constexpr std::uint32_t kImages = kUnsignedBytes << 8 | 3;
constexpr Index kHeaderSize = 16;
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
    if (magic == kLabels) text += " (labels)";
    if (magic == kImages) text += " (images)";
    return text;
}

std::string kind_and_magic(std::uint32_t magic) {
    return kind_of_array(magic) + ", magic number " + magic_text(magic);
}

class IdxImages final : public ImageSource {
  public:
    explicit IdxImages(const std::string& path) : file_(path) {
        if (GzipReader::recognises(file_)) gzip_ = std::make_unique<GzipReader>(file_);
        read_header();
        check_size();
    }

    [[nodiscard]] Index count() const override { return count_; }
    [[nodiscard]] Index rows() const override { return rows_; }
    [[nodiscard]] Index cols() const override { return cols_; }
    [[nodiscard]] bool random_access() const override { return !compressed(); }
    [[nodiscard]] std::string description() const override {
        return "IDX file " + readable(file_.path()) + ": " + std::to_string(count_) + " images of " +
               std::to_string(rows_) + " x " + std::to_string(cols_);
    }

  private:
    /// Of a gzip file, the bytes between the last read and this one are inflated too; going back starts from
    /// the first byte again; the read that ends the images expects the end of the file.
    void read_range(Index first, std::span<std::uint8_t> images) override {
        const std::span<std::byte> bytes = std::as_writable_bytes(images);
        const Index offset = kHeaderSize + first * image_size();
        if (!compressed()) return file_.read_at(offset, bytes);
        skip_to(offset);
        inflate(bytes);
        if (position_ == whole_size_) expect_end();
    }

    void read_header();
    void check_size();
    void inflate(std::span<std::byte> bytes);
    void skip_to(Index position);
    void expect_end();
    [[nodiscard]] bool compressed() const { return gzip_ != nullptr; }
    [[nodiscard]] std::string sizes() const;
    [[nodiscard]] std::string size_by_header() const;
    [[noreturn]] void fail(const std::string& problem) const;

    InputFile file_;
    std::unique_ptr<GzipReader> gzip_;  // null if the file is raw
    Index count_ = 0, rows_ = 0, cols_ = 0;
    Index whole_size_ = 0;  // of the contents, by the header
    Index position_ = 0;    // in the inflated contents
};

void IdxImages::read_header() {
    std::array<std::byte, kHeaderSize> header{};
    std::size_t size = header.size();
    if (compressed()) {
        size = gzip_->read(header);
    } else {
        size = static_cast<std::size_t>(std::min(file_.size(), kHeaderSize));
        file_.read_at(0, std::span(header).first(size));
    }
    position_ = static_cast<Index>(size);
    const std::string wanted = kind_and_magic(kImages);
    if (size == 0) fail("empty, expected " + wanted);
    const std::uint32_t magic = big_endian(header);
    if (size >= 4 && magic != kImages) fail(kind_and_magic(magic) + "; expected " + wanted);
    if (size < header.size()) {
        fail("truncated: ends after " + std::to_string(size) + " bytes, expected a header of " +
             std::to_string(header.size()) + " bytes of " + wanted);
    }
    count_ = big_endian(std::span(header).subspan(4));
    rows_ = big_endian(std::span(header).subspan(8));
    cols_ = big_endian(std::span(header).subspan(12));
}

void IdxImages::check_size() {
    if (count_ == 0 || rows_ == 0 || cols_ == 0) {
        fail("its header says " + sizes() + ", expected dimensions of at least 1");
    }
    Index pixels = 0;
    if (__builtin_mul_overflow(rows_, cols_, &pixels) || __builtin_mul_overflow(count_, pixels, &pixels) ||
        __builtin_add_overflow(kHeaderSize, pixels, &whole_size_)) {
        fail("its header says " + sizes() + ", which is more than 2^63 - 1 bytes");
    }
    if (!compressed() && file_.size() != whole_size_) {
        fail("it has " + std::to_string(file_.size()) + " bytes, expected " + size_by_header() +
             (file_.size() < whole_size_ ? "; is it truncated?" : "; something follows the array"));
    }
    if (compressed() && whole_size_ / GzipReader::max_expansion > file_.size()) {
        fail("its " + std::to_string(file_.size()) + " bytes of gzip cannot hold the expected " +
             size_by_header());
    }
}

void IdxImages::skip_to(Index position) {
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

void IdxImages::inflate(std::span<std::byte> bytes) {
    const std::size_t size = gzip_->read(bytes);
    position_ += static_cast<Index>(size);
    if (size < bytes.size()) {
        fail("it inflates to " + std::to_string(position_) + " bytes, expected " + size_by_header());
    }
}

void IdxImages::expect_end() {
    std::array<std::byte, 1> more{};
    if (gzip_->read(more) > 0) fail("it inflates to more than the expected " + size_by_header());
}

std::string IdxImages::sizes() const {
    return std::to_string(count_) + " x " + std::to_string(rows_) + " x " + std::to_string(cols_);
}

std::string IdxImages::size_by_header() const {
    return std::to_string(whole_size_) + " bytes (a header of " + std::to_string(kHeaderSize) + " and " +
           sizes() + ")";
}

void IdxImages::fail(const std::string& problem) const {
    throw Error("cannot read " + file_.path() + (compressed() ? " (gzip): " : ": ") + problem);
}

}  // namespace

std::unique_ptr<ImageSource> open_idx(const std::filesystem::path& path) {
    return std::make_unique<IdxImages>(path.string());
}

}  // namespace sae
