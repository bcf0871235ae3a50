#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz_target.hpp"
#include "sae/data/sha256.hpp"

namespace sae::fuzz {

/// The safetensors file of an input. By the first byte, bit 0: the rest is the file, or its
/// header's text, a zero byte and its data, which then get a length in front of them. Bit 1: the last 32
/// bytes are replaced by the SHA-256 of all before them. No mutation would guess either.
inline std::vector<std::uint8_t> safetensors_file(std::span<const std::uint8_t> input) {
    const std::uint8_t how = take_byte(input);
    std::vector<std::uint8_t> file(input.begin(), input.end());
    if ((how & 1) != 0) {
        const auto end = std::find(file.begin(), file.end(), 0);
        const auto length = static_cast<std::uint64_t>(end - file.begin());
        if (end != file.end()) file.erase(end);
        file.insert(file.begin(), sizeof length, 0);
        std::memcpy(file.data(), &length, sizeof length);
    }
    if ((how & 2) != 0 && file.size() >= std::tuple_size_v<Sha256Digest>) {
        const auto end = file.end() - std::tuple_size_v<Sha256Digest>;
        const Sha256Digest digest = sha256(std::as_bytes(std::span(file.begin(), end)));
        std::copy(digest.begin(), digest.end(), end);
    }
    return file;
}

}  // namespace sae::fuzz
