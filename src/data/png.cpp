#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/picture.hpp"

namespace {

/// zlib's compressor for stb_image_write, which frees the result; null if there is no memory. It looks for
/// runs of one byte only: for the filtered rows of enlarged images this compresses better than zlib's search
/// for repeats, and takes a fraction of the time.
unsigned char* compress_runs(unsigned char* bytes, int size, int* compressed_size, int /*level*/) {
    constexpr int fastest = 1, window_bits = 15, most_memory = 9;
    z_stream stream{};
    if (deflateInit2(&stream, fastest, Z_DEFLATED, window_bits, most_memory, Z_RLE) != Z_OK) return nullptr;
    const uLong bound = deflateBound(&stream, static_cast<uLong>(size));
    auto* const compressed = static_cast<unsigned char*>(std::malloc(bound));
    if (compressed != nullptr) {
        stream.next_in = bytes;
        stream.avail_in = static_cast<uInt>(size);
        stream.next_out = compressed;
        stream.avail_out = static_cast<uInt>(bound);
        // There is room for the upper bound, so one call compresses everything.
        deflate(&stream, Z_FINISH);
        *compressed_size = static_cast<int>(stream.total_out);
    }
    deflateEnd(&stream);
    return compressed;
}

}  // namespace

#define STBIW_ZLIB_COMPRESS compress_runs
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace sae {
namespace {

/// The most bytes of a picture, which is more than anyone can look at; stb_image_write counts bytes in 32
/// bits.
constexpr Index kMaxPixels = Index{1} << 29;

}  // namespace

std::vector<std::byte> encode_png(const Picture& picture) {
    const std::string size = std::to_string(picture.width) + " x " + std::to_string(picture.height);
    if (picture.width < 1 || picture.height < 1 || picture.height > kMaxPixels / picture.width) {
        throw Error("cannot make a PNG of " + size +
                    " pixels: expected 1 to 2^29 of them; show fewer images");
    }
    if (static_cast<Index>(picture.pixels.size()) != picture.width * picture.height) {
        throw Error("cannot make a PNG of " + size + " pixels from " + std::to_string(picture.pixels.size()));
    }
    constexpr int grey = 1;
    const auto width = static_cast<int>(picture.width), height = static_cast<int>(picture.height);
    int length = 0;
    const std::unique_ptr<unsigned char, decltype(&std::free)> file(
        stbi_write_png_to_mem(picture.pixels.data(), width, width, height, grey, &length), &std::free);
    if (!file) throw Error("cannot make a PNG of " + size + " pixels: out of memory; show fewer images");
    const auto* const begin = reinterpret_cast<const std::byte*>(file.get());
    return {begin, begin + length};
}

void write_png(const std::string& path, const Picture& picture) {
    write_file_atomically(path, encode_png(picture));
}

}  // namespace sae
