#include <zlib.h>

#include <algorithm>
#include <new>
#include <vector>

#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "read_image_file.hpp"

namespace {

std::vector<std::uint8_t> gzip(std::span<const std::uint8_t> contents, int level) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, 16 + MAX_WBITS, 1, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
    std::vector<std::uint8_t> packed(deflateBound(&stream, contents.size()));
    stream.next_in = const_cast<Bytef*>(contents.data());
    stream.avail_in = static_cast<uInt>(contents.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace

/// The input is what the file inflates to, behind a byte for how well it is packed, a byte for how many bytes
/// are cut off at the end, and a byte for how many zero bytes follow the contents: 32 each.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> input(data, size);
    const int level = sae::fuzz::take_byte(input) % 10;
    const std::size_t cut = sae::fuzz::take_byte(input);
    const std::size_t zeros = 32 * std::size_t{sae::fuzz::take_byte(input)};
    std::vector<std::uint8_t> contents(input.size() + zeros);
    std::ranges::copy(input, contents.begin());
    const std::vector<std::uint8_t> packed = gzip(contents, level);
    const std::span<const std::uint8_t> whole(packed);
    const sae::fuzz::MemoryFile file(whole.first(whole.size() - std::min(cut, whole.size())));
    sae::fuzz::read_image_file(file.path());
    return 0;
}
