#include "file_contents.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "sae/core/error.hpp"

namespace sae {
namespace {

constexpr Index kSkipSize = 64 * 1024;

}  // namespace

FileContents::FileContents(const std::string& path) : file_(path) {
    if (GzipReader::recognises(file_)) gzip_ = std::make_unique<GzipReader>(file_);
}

std::string_view FileContents::first(Index size) {
    const auto known = static_cast<Index>(first_.size());
    const Index wanted = compressed() ? size : std::min(size, file_.size());
    if (wanted <= known) return std::string_view(first_).substr(0, static_cast<std::size_t>(wanted));
    first_.resize(static_cast<std::size_t>(wanted));
    const auto rest = std::as_writable_bytes(std::span(first_)).subspan(static_cast<std::size_t>(known));
    if (compressed()) {
        const std::size_t read = gzip_->read(rest);
        position_ += static_cast<Index>(read);
        first_.resize(static_cast<std::size_t>(known) + read);
    } else {
        file_.read_at(known, rest);
    }
    return first_;
}

void FileContents::expect_size(Index size, const std::string& reason) {
    size_ = size;
    expected_ = std::to_string(size) + " bytes (" + reason + ")";
    if (!compressed() && file_.size() != size) {
        fail("it has " + std::to_string(file_.size()) + " bytes, expected " + expected_ +
             (file_.size() < size ? "; is it truncated?" : "; something follows the array"));
    }
    if (compressed() && size / GzipReader::max_expansion > file_.size()) {
        fail("its " + std::to_string(file_.size()) + " bytes of gzip cannot hold the expected " + expected_);
    }
}

void FileContents::read_at(Index offset, std::span<std::byte> bytes) {
    if (!compressed()) return file_.read_at(offset, bytes);
    skip_to(offset);
    inflate(bytes);
    if (position_ == size_) expect_end();
}

void FileContents::skip_to(Index position) {
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

void FileContents::inflate(std::span<std::byte> bytes) {
    const std::size_t size = gzip_->read(bytes);
    position_ += static_cast<Index>(size);
    if (size < bytes.size()) {
        fail("it inflates to " + std::to_string(position_) + " bytes, expected " + expected_);
    }
}

void FileContents::expect_end() {
    std::array<std::byte, 1> more{};
    if (gzip_->read(more) > 0) fail("it inflates to more than the expected " + expected_);
}

void FileContents::fail(const std::string& problem) const {
    throw Error("cannot read " + path() + (compressed() ? " (gzip): " : ": ") + problem);
}

}  // namespace sae
