#include "sae/data/input_file.hpp"

#include <sys/stat.h>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

TEST_CASE("a file is read by position") {
    TemporaryDirectory directory;
    write_text(directory / "a", "0123456789");
    const InputFile file(directory / "a");
    CHECK(file.size() == 10);
    std::string piece(3, ' ');
    file.read_at(4, std::as_writable_bytes(std::span(piece)));
    CHECK(piece == "456");
    file.read_at(0, std::as_writable_bytes(std::span(piece)));
    CHECK(piece == "012");
}

TEST_CASE("a file that cannot be read is named with the reason") {
    TemporaryDirectory directory;
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    CHECK(message_of<Error>([&] { InputFile(directory / "x"); }) ==
          "cannot read " + (directory / "x") + ": No such file or directory");
    CHECK(message_of<Error>([&] { InputFile(directory.path()); }) ==
          "cannot read " + directory.path() + ": it is a directory, expected a file");
    CHECK(message_of<Error>([&] { InputFile(directory / "pipe"); }) ==
          "cannot read " + (directory / "pipe") + ": it is not a regular file");
}

TEST_CASE("reading past the end is an error that says where the file ends") {
    TemporaryDirectory directory;
    write_text(directory / "a", "0123456789");
    const InputFile file(directory / "a");
    std::string piece(4, ' ');
    const std::string message =
        message_of<Error>([&] { file.read_at(8, std::as_writable_bytes(std::span(piece))); });
    CHECK(message.find("it ends at byte 10, expected 2 more") != std::string::npos);
}
