#include "sae/data/sha256.hpp"

#include <string>

#include "catch.hpp"

using namespace sae;

namespace {

std::string hash_of(const std::string& text) {
    return hex(sha256(std::as_bytes(std::span(text))));
}

}  // namespace

TEST_CASE("the published SHA-256 vectors") {
    CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(
        hash_of(
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
            "mnopqrstnopqrstu") == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(hash_of(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the hash does not depend on how the bytes are cut into pieces") {
    std::string text;
    for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string whole = hash_of(text.substr(0, size));
        for (const std::size_t piece : {1U, 3U, 55U, 56U, 63U, 64U, 65U, 128U}) {
            Sha256 hash;
            for (std::size_t i = 0; i < size; i += piece) {
                hash.update(std::as_bytes(std::span(text).subspan(i, std::min(piece, size - i))));
            }
            REQUIRE(hex(hash.digest()) == whole);
        }
    }
}

TEST_CASE("digest() does not change the running hash") {
    const std::string text = "abc";
    Sha256 hash;
    hash.update(std::as_bytes(std::span(text).first(1)));
    (void)hash.digest();
    hash.update(std::as_bytes(std::span(text).subspan(1)));
    CHECK(hex(hash.digest()) == hash_of(text));
}
