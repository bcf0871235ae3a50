// This file alone compiles the implementation of stb_image_write; its functions for files stay out.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/picture.hpp"

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
