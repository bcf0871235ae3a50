#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

/// A fuzz target: gives `data` to a reader. Whatever escapes from it, a sanitizer's finding or an input that
/// takes seconds or more memory than its size explains, is a bug of the reader. The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sae::fuzz {

/// Takes the first byte of an input, 0 if there is none: what else a target decides by its input.
inline std::uint8_t take_byte(std::span<const std::uint8_t>& input) {
    if (input.empty()) return 0;
    const std::uint8_t first = input.front();
    input = input.subspan(1);
    return first;
}

}  // namespace sae::fuzz
