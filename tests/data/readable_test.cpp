#include "sae/data/readable.hpp"

#include "catch.hpp"

using namespace sae;

TEST_CASE("well-formed UTF-8 stays as it is") {
    for (const char* text :
         {"", "run-1/model.safetensors", "\x20~",
          "gr\xc3\xb6\xc3\x9f"
          "e",
          "\xe2\x82\xac", "\xed\x9f\xbf\xee\x80\x80", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xc2\xa0"})
        CHECK(readable(text) == text);
}

TEST_CASE("each byte that is not UTF-8 is replaced, and what is around it stays") {
    const std::string mark = "\xef\xbf\xbd";
    CHECK(readable("caf\xe9.idx") == "caf" + mark + ".idx");
    CHECK(readable("\xe9") == mark);
    CHECK(readable("\x80x\xbf") == mark + 'x' + mark);
    CHECK(readable("\xc0\xaf") == mark + mark);             // longer than needed
    CHECK(readable("\xe0\x9f\xbf") == mark + mark + mark);  // longer than needed
    CHECK(readable("\xf0\x8f\xbf\xbf") == mark + mark + mark + mark);
    CHECK(readable("\xed\xa0\x80") == mark + mark + mark);             // a surrogate
    CHECK(readable("\xf4\x90\x80\x80") == mark + mark + mark + mark);  // beyond U+10FFFF
    CHECK(readable("\xf5\xff\xfe") == mark + mark + mark);
    CHECK(readable("\xe2\x82") == mark + mark);  // ends too early
    CHECK(readable("\xe2\x82x") == mark + mark + 'x');
}

TEST_CASE("control characters are replaced") {
    const std::string mark = "\xef\xbf\xbd";
    CHECK(readable("a\nb\x1b[K\x7f\xc2\x9b") == "a" + mark + "b" + mark + "[K" + mark + mark);
    CHECK(readable(std::string_view("\0", 1)) == mark);
}
