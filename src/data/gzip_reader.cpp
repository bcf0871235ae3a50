#include "sae/data/gzip_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string>

#include "sae/core/error.hpp"

namespace sae {
namespace {

constexpr Index kInputSize = 64 * 1024;
constexpr int kGzipOnly = 16;  // added to the window bits: no zlib or raw streams

}  // namespace

bool GzipReader::recognises(const InputFile& file) {
    std::array<std::byte, 2> magic{};
    if (file.size() < static_cast<Index>(magic.size())) return false;
    file.read_at(0, magic);
    return magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b};
}

GzipReader::GzipReader(const InputFile& file)
    : file_(file), stream_(std::make_unique<z_stream_s>()), input_(static_cast<std::size_t>(kInputSize)) {
    // With valid window bits this can only fail for lack of memory.
    if (inflateInit2(stream_.get(), kGzipOnly + MAX_WBITS) != Z_OK) throw std::bad_alloc();
}

GzipReader::~GzipReader() {
    inflateEnd(stream_.get());
}

std::size_t GzipReader::read(std::span<std::byte> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size() && !finished_) {
        if (stream_->avail_in == 0) refill();
        const std::size_t room =
            std::min<std::size_t>(bytes.size() - filled, std::numeric_limits<uInt>::max());
        stream_->next_out = reinterpret_cast<Bytef*>(bytes.data() + filled);
        stream_->avail_out = static_cast<uInt>(room);
        const int status = inflate(stream_.get(), Z_NO_FLUSH);
        filled += room - stream_->avail_out;
        if (status == Z_STREAM_END) {
            finished_ = !next_member();
        } else if (status != Z_OK) {  // Z_BUF_ERROR: no input and no progress
            fail(status);
        }
    }
    return filled;
}

void GzipReader::refill() {
    const Index size = std::min(kInputSize, file_.size() - offset_);
    file_.read_at(offset_, std::span(input_).first(static_cast<std::size_t>(size)));
    offset_ += size;
    stream_->next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_->avail_in = static_cast<uInt>(size);
}

bool GzipReader::next_member() {
    const Index begin = offset_ - static_cast<Index>(stream_->avail_in);
    skip_zeros();
    if (stream_->avail_in == 0) return false;
    if (const Index end = offset_ - static_cast<Index>(stream_->avail_in); end > begin) {
        throw Error("cannot read " + file_.path() + ": corrupt gzip data: zeros from byte " +
                    std::to_string(begin) +
                    " on, expected nothing else until the end, found something at byte " +
                    std::to_string(end) + "; fetch it again");
    }
    if (inflateReset(stream_.get()) != Z_OK) throw std::bad_alloc();
    return true;
}

void GzipReader::skip_zeros() {
    do {
        if (stream_->avail_in == 0) refill();
        while (stream_->avail_in > 0 && *stream_->next_in == 0) {
            ++stream_->next_in;
            --stream_->avail_in;
        }
    } while (stream_->avail_in == 0 && offset_ < file_.size());
}

void GzipReader::fail(int status) const {
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    const std::string prefix = "cannot read " + file_.path() + ": ";
    if (status == Z_BUF_ERROR) {
        throw Error(prefix + "truncated: the file ends at byte " + std::to_string(offset_) +
                    ", in the middle of its gzip data; fetch it again");
    }
    const std::string reason = stream_->msg != nullptr ? stream_->msg : "not a gzip stream";
    const Index position = offset_ - static_cast<Index>(stream_->avail_in);
    throw Error(prefix + "corrupt gzip data found before byte " + std::to_string(position) + ": " + reason +
                "; fetch it again");
}

}  // namespace sae
