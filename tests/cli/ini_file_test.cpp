#include "sae/cli/ini_file.hpp"

#include <fstream>

#include "catch.hpp"
#include "data/temporary_directory.hpp"
#include "sae/core/error.hpp"

using namespace sae;

namespace {

std::string complaint(const std::string& text) {
    try {
        (void)parse_ini(text, "run.ini");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("an INI text is read line by line") {
    const auto entries =
        parse_ini("# a comment\n\n  hidden =  25\r\n;another\noutput = a = b # c\nlast=x", "run.ini");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].key == "hidden");
    CHECK(entries[0].value == "25");
    CHECK(entries[0].line == 3);
    CHECK(entries[1].value == "a = b # c");
    CHECK(entries[2].value == "x");
    CHECK(entries[2].line == 6);
    CHECK(parse_ini("", "run.ini").empty());
}

TEST_CASE("a byte order mark is no part of the first key") {
    const auto entries = parse_ini("\xef\xbb\xbfhidden = 25\n", "run.ini");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].key == "hidden");
    CHECK(parse_ini("\xef\xbb\xbf", "run.ini").empty());
    const sae::test::TemporaryDirectory directory;
    for (const std::string mark : {"\xff\xfe", "\xfe\xff"}) {
        const std::string wide = directory.path() + "/wide.ini";
        std::ofstream(wide) << mark << "h i d d e n";
        CHECK_THROWS_WITH(read_ini(wide), sae::test::ContainsSubstring("is UTF-16; save it as UTF-8"));
    }
}

TEST_CASE("a line of an INI file reads back as it was") {
    for (const std::string value : {"plain", "", " blanks ", "\"quoted\"", "\"", "a#b", "# a", "x=y"}) {
        INFO(value);
        const auto entries = parse_ini(ini_line("key", value), "run.ini");
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].value == value);
    }
}

TEST_CASE("a bad line of an INI file is named") {
    CHECK_THAT(complaint("hidden = 5\nnonsense\n"),
               sae::test::ContainsSubstring("run.ini:2") && sae::test::ContainsSubstring("nonsense"));
    CHECK_THAT(complaint("[train]\n"), sae::test::ContainsSubstring("run.ini:1: sections are not used"));
    CHECK_THAT(complaint("= 5"), sae::test::ContainsSubstring("run.ini:1"));
    CHECK_THAT(complaint("rho = 1\n#\nrho = 2"), sae::test::ContainsSubstring("run.ini:3") &&
                                                     sae::test::ContainsSubstring("already on line 1") &&
                                                     sae::test::ContainsSubstring("rho"));
    CHECK_THAT(complaint(std::string("\0\1\2binary\n", 10)), sae::test::ContainsSubstring("run.ini:1"));
}

TEST_CASE("an INI file that cannot be read is named") {
    CHECK_THROWS_WITH(read_ini("no-such.ini"), sae::test::ContainsSubstring("no-such.ini") &&
                                                   sae::test::ContainsSubstring("No such file"));
    CHECK_THROWS_WITH(read_ini("/"), sae::test::ContainsSubstring("is a directory"));
    CHECK_THROWS_WITH(read_ini("/dev/zero"), sae::test::ContainsSubstring("not a regular file"));
    const sae::test::TemporaryDirectory directory;
    const std::string large = directory.path() + "/large.ini";
    std::ofstream(large) << std::string((1 << 20) + 1, ';');
    CHECK_THROWS_WITH(read_ini(large), sae::test::ContainsSubstring("larger than 1 MiB"));
}
