#include "sae/data/sha256.hpp"

#include <openssl/evp.h>

#include "sae/core/error.hpp"

namespace sae {

namespace {

void check(int success) {
    if (success != 1) throw Error("OpenSSL cannot compute a SHA-256 hash: out of memory, or it is disabled");
}

}  // namespace

void Sha256::Release::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::update(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Sha256Digest Sha256::digest() const {
    const Context last(EVP_MD_CTX_new());
    check(EVP_MD_CTX_copy_ex(last.get(), context_.get()));
    Sha256Digest digest{};
    check(EVP_DigestFinal_ex(last.get(), digest.data(), nullptr));
    return digest;
}

std::string hex(const Sha256Digest& digest) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

Sha256Digest sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.digest();
}

}  // namespace sae
