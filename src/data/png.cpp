#include <zlib.h>

#include <cstdlib>
#include <memory>

#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/picture.hpp"

namespace {

/// What stb hands its filtered rows to: an array of zlib's format that it frees, or null without memory.
/// Enlarged pixels are runs of equal bytes: a search for runs alone makes smaller files than any level of
/// zlib's own search for repeats, in a tenth of its time.
unsigned char* compress_runs(unsigned char* data, int size, int* compressed_size, int /*quality*/) {
    constexpr int window_bits = 15, memory_level = 9;
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, window_bits, memory_level, Z_RLE) != Z_OK) return nullptr;
    const std::unique_ptr<z_stream, decltype(&deflateEnd)> end(&stream, deflateEnd);
    const uLong bound = deflateBound(&stream, static_cast<uLong>(size));
    auto* const compressed = static_cast<unsigned char*>(std::malloc(bound));
    if (compressed == nullptr) return nullptr;
    stream.next_in = data;
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = compressed;
    stream.avail_out = static_cast<uInt>(bound);
    // With room for the bound it cannot end in another way.
    deflate(&stream, Z_FINISH);
    *compressed_size = static_cast<int>(stream.total_out);
    return compressed;
}

}  // namespace

// This file alone compiles the implementation of stb_image_write; its functions for files stay out.
#define STBIW_ZLIB_COMPRESS compress_runs
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace sae {
namespace {

/// stb counts bytes in int, those of its buffers included.
constexpr Index kMaxPixels = Index{1} << 29;

void append(void* context, void* data, int size) {
    const auto* const bytes = static_cast<const std::byte*>(data);
    static_cast<std::vector<std::byte>*>(context)->insert(
        static_cast<std::vector<std::byte>*>(context)->end(), bytes, bytes + size);
}

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
    std::vector<std::byte> file;
    if (stbi_write_png_to_func(append, &file, static_cast<int>(picture.width),
                               static_cast<int>(picture.height), 1, picture.pixels.data(),
                               static_cast<int>(picture.width)) == 0) {
        throw Error("cannot make a PNG of " + size + " pixels: out of memory; show fewer images");
    }
    return file;
}

void write_png(const std::string& path, const Picture& picture) {
    write_file_atomically(path, encode_png(picture));
}

}  // namespace sae
