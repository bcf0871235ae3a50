#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace sae {

/// The 256 bits of a SHA-256 hash, first byte first.
using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces, by OpenSSL, which uses the processor's instructions
/// for it. Throws Error if OpenSSL has no memory or is not allowed to compute this hash.
class Sha256 {
  public:
    Sha256();

    void update(std::span<const std::byte> bytes);
    /// The hash of what has been given so far; more may follow.
    [[nodiscard]] Sha256Digest digest() const;

  private:
    struct Release {
        void operator()(evp_md_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_md_ctx_st, Release>;

    Context context_;
};

/// The hash as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hex(const Sha256Digest& digest);

/// The hash of `bytes`.
[[nodiscard]] Sha256Digest sha256(std::span<const std::byte> bytes);

}  // namespace sae
