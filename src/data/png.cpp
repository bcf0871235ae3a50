#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/picture.hpp"

namespace sae {
namespace {

/// More than anybody looks at; what is made of them stays under zlib's counts of 32 bits.
constexpr Index kMaxPixels = Index{1} << 29;

/// How a row is written (ISO/IEC 15948, 9.2): the differences to the pixel on the left, or to those above.
enum class Filter : std::uint8_t { left = 1, above = 2 };

using Bytes = std::vector<std::byte>;

void append_number(Bytes& file, std::size_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
        file.push_back(static_cast<std::byte>(number >> shift & 0xff));
}

/// A chunk: length, type, content, and the check sum of the last two.
void append_chunk(Bytes& file, std::string_view type, std::span<const std::uint8_t> content) {
    append_number(file, content.size());
    const std::size_t begin = file.size();
    const auto append = [&](std::span<const std::byte> bytes) {
        file.insert(file.end(), bytes.begin(), bytes.end());
    };
    append(std::as_bytes(std::span(type)));
    append(std::as_bytes(content));
    const auto* const checked = reinterpret_cast<const Bytef*>(file.data() + begin);
    append_number(file, crc32_z(0, checked, file.size() - begin));
}

void append_header(Bytes& file, const Picture& picture) {
    constexpr std::uint8_t depth = 8, grey = 0, deflated = 0, adaptive = 0, not_interlaced = 0;
    Bytes size;
    append_number(size, static_cast<std::size_t>(picture.width));
    append_number(size, static_cast<std::size_t>(picture.height));
    std::vector<std::uint8_t> content;
    for (const std::byte byte : size) content.push_back(std::to_integer<std::uint8_t>(byte));
    content.insert(content.end(), {depth, grey, deflated, adaptive, not_interlaced});
    append_chunk(file, "IHDR", content);
}

/// The rows behind the numbers of their filters. A row of enlarged images is mostly that above again, hence
/// 0; in another, runs of equal pixels are 0 but for their first.
std::vector<std::uint8_t> filter_rows(const Picture& picture) {
    std::vector<std::uint8_t> filtered(static_cast<std::size_t>((picture.width + 1) * picture.height));
    auto to = filtered.begin();
    const auto width = static_cast<std::ptrdiff_t>(picture.width);
    for (auto row = picture.pixels.begin(); row != picture.pixels.end(); row += width) {
        const bool again = row != picture.pixels.begin() && std::equal(row, row + width, row - width);
        *to++ = static_cast<std::uint8_t>(again ? Filter::above : Filter::left);
        if (!again) {
            to[0] = row[0];
            for (std::ptrdiff_t x = 1; x < width; ++x) to[x] = static_cast<std::uint8_t>(row[x] - row[x - 1]);
        }
        to += width;
    }
    return filtered;
}

/// In zlib's format, by a search for runs alone: of rows like these it makes about as little as its search
/// for repeats does in several times the time.
std::vector<std::uint8_t> compress_runs(std::vector<std::uint8_t>& bytes) {
    constexpr int fastest = 1, window_bits = 15, most_memory = 9;
    z_stream stream{};
    if (deflateInit2(&stream, fastest, Z_DEFLATED, window_bits, most_memory, Z_RLE) != Z_OK)
        throw std::bad_alloc();
    const std::unique_ptr<z_stream, decltype(&deflateEnd)> end(&stream, deflateEnd);
    std::vector<std::uint8_t> compressed(deflateBound(&stream, bytes.size()));
    stream.next_in = bytes.data();
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = compressed.data();
    stream.avail_out = static_cast<uInt>(compressed.size());
    // With room for the bound it ends at once.
    deflate(&stream, Z_FINISH);
    compressed.resize(stream.total_out);
    return compressed;
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
    try {
        std::vector<std::uint8_t> rows = filter_rows(picture);
        constexpr std::array<std::uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        Bytes file(signature.size());
        std::ranges::copy(std::as_bytes(std::span(signature)), file.begin());
        append_header(file, picture);
        append_chunk(file, "IDAT", compress_runs(rows));
        append_chunk(file, "IEND", {});
        return file;
    } catch (const std::bad_alloc&) {
        throw Error("cannot make a PNG of " + size + " pixels: out of memory; show fewer images");
    }
}

void write_png(const std::string& path, const Picture& picture) {
    write_file_atomically(path, encode_png(picture));
}

}  // namespace sae
