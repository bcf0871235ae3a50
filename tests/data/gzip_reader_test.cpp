#include "sae/data/gzip_reader.hpp"

#include "catch.hpp"
#include "idx_bytes.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

/// The contents of the file, read in pieces of `piece` bytes.
std::string inflated(const std::string& path, std::size_t piece = 1000) {
    const InputFile file(path);
    GzipReader reader(file);
    std::string result;
    std::string buffer(piece, ' ');
    while (true) {
        const std::size_t size = reader.read(std::as_writable_bytes(std::span(buffer)));
        result.append(buffer, 0, size);
        if (size < piece) return result;
    }
}

}  // namespace

TEST_CASE("what was deflated is inflated, in pieces of any size") {
    TemporaryDirectory directory;
    const std::string contents = pixels(300000);
    const int level = GENERATE(0, 1, 9);
    write_text(directory / "a", gzip(contents, level));
    const std::size_t piece = GENERATE(7U, 65536U, 300000U, 300001U);
    CHECK((inflated(directory / "a", piece) == contents));
}

TEST_CASE("members follow one another, empty ones too") {
    TemporaryDirectory directory;
    write_text(directory / "a", gzip("") + gzip("one, ") + gzip("") + gzip("two") + gzip(""));
    CHECK(inflated(directory / "a") == "one, two");
    write_text(directory / "b", gzip(""));
    CHECK(inflated(directory / "b").empty());
}

TEST_CASE("any number of zeros after the last member is padding") {
    TemporaryDirectory directory;
    const std::string contents = pixels(500);
    const std::size_t zeros = GENERATE(1U, 8U, 512U, 200'000U);
    write_text(directory / "a", gzip(contents) + std::string(zeros, '\0'));
    CHECK((inflated(directory / "a", 500) == contents));
    CHECK((inflated(directory / "a", 501) == contents));
}

TEST_CASE("gzip is recognised by its first bytes") {
    TemporaryDirectory directory;
    write_text(directory / "a.gz", "\x1f");
    write_text(directory / "b", "\x1f\x8b");
    CHECK_FALSE(GzipReader::recognises(InputFile(directory / "a.gz")));
    CHECK(GzipReader::recognises(InputFile(directory / "b")));
}

TEST_CASE("every truncation is found") {
    TemporaryDirectory directory;
    const std::string whole = gzip(pixels(500));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_text(directory / "a", whole.substr(0, size));
        const std::string message = message_of<Error>([&] { (void)inflated(directory / "a"); });
        CHECK(message == "cannot read " + (directory / "a") + ": truncated: the file ends at byte " +
                             std::to_string(size) + ", in the middle of its gzip data; fetch it again");
    }
}

TEST_CASE("a corrupt file is an error with zlib's reason") {
    struct Corruption {
        std::string bytes;
        std::string reason;
    };
    const std::string good = gzip(pixels(500));
    std::string check_sum = good;
    check_sum[good.size() - 8] ^= 1;
    std::string length = good;
    length[good.size() - 4] ^= 1;
    std::string contents = gzip(pixels(500), 0);
    contents[100] ^= 1;
    std::string block_type = good;
    block_type[10] = '\x07';
    const auto& [bytes, reason] = GENERATE_COPY(
        Corruption{check_sum, "incorrect data check"}, Corruption{length, "incorrect length check"},
        Corruption{contents, "incorrect data check"}, Corruption{block_type, "invalid block type"},
        Corruption{good + "more", "incorrect header check"},
        Corruption{good + std::string(8, '\0') + "more",
                   "zeros from byte " + std::to_string(good.size()) +
                       " on, expected nothing else until the end, found "
                       "something at byte " +
                       std::to_string(good.size() + 8)},
        Corruption{good + std::string(1, '\0') + good, "found something at byte"});
    TemporaryDirectory directory;
    write_text(directory / "a", bytes);
    const std::string message = message_of<Error>([&] { (void)inflated(directory / "a"); });
    CHECK(message.find("cannot read " + (directory / "a") + ": corrupt gzip data") == 0);
    CHECK(message.find(reason) != std::string::npos);
}
