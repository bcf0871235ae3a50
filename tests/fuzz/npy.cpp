#include <string>
#include <vector>

#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "read_image_file.hpp"

/// The input is a .npy file without what no mutation would guess: its first byte is the version, from 0 to 3,
/// then come the description up to a zero byte and the pixels. The file gets the magic bytes and the length
/// of the description in front; for an odd number above 3, the rest of the input follows the magic bytes as
/// it is.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> input(data, size);
    const std::uint8_t how = sae::fuzz::take_byte(input);
    std::vector<std::uint8_t> bytes = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    if (how <= 3 || how % 2 == 0) {
        const auto end = std::find(input.begin(), input.end(), 0);
        const auto length = static_cast<std::size_t>(end - input.begin());
        const std::uint8_t version = how & 3;
        bytes.insert(bytes.end(), {version, 0});
        for (std::size_t i = 0; i < (version <= 1 ? 2 : 4); ++i) {
            bytes.push_back(static_cast<std::uint8_t>(length >> 8 * i));
        }
        bytes.insert(bytes.end(), input.begin(), end);
        input = input.subspan(length + (end == input.end() ? 0 : 1));
    }
    bytes.insert(bytes.end(), input.begin(), input.end());
    const sae::fuzz::MemoryFile file(bytes);
    sae::fuzz::read_image_file(file.path());
    return 0;
}
