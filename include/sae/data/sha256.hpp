#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sae {

/// The 256 bits of a SHA-256 hash, first byte first.
using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4, section 6.2) of bytes that arrive in pieces.
class Sha256 {
  public:
    void update(std::span<const std::byte> bytes);
    /// The hash of what has been given so far; more may follow.
    [[nodiscard]] Sha256Digest digest() const;

  private:
    static constexpr std::size_t kBlock = 64;

    void compress(const std::byte* block);

    std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, kBlock> pending_{};
    std::uint64_t length_ = 0;
};

/// The hash as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hex(const Sha256Digest& digest);

/// The hash of bytes that are all there.
[[nodiscard]] Sha256Digest sha256(std::span<const std::byte> bytes);

}  // namespace sae
