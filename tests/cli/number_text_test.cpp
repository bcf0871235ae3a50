#include "sae/cli/number_text.hpp"

#include <clocale>
#include <cstdint>
#include <limits>

#include "catch.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/metadata.hpp"

using namespace sae;

TEST_CASE("an integer is digits and nothing else") {
    CHECK(read_integer<Index>("0") == 0);
    CHECK(read_integer<Index>("-7") == -7);
    CHECK(read_integer<Index>("9223372036854775807") == std::numeric_limits<Index>::max());
    CHECK(read_integer<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    for (const char* text :
         {"", " 1", "1 ", "+1", "1e3", "1.0", "0x10", "1,000", "9223372036854775808", "one"}) {
        INFO(text);
        CHECK_FALSE(read_integer<Index>(text));
    }
    CHECK_FALSE(read_integer<std::uint64_t>("-1"));
}

TEST_CASE("a real number is finite, decimal and whole") {
    CHECK(read_real("1e-4") == 1e-4);
    CHECK(read_real("-.5") == -0.5);
    CHECK(read_real("3") == 3.0);
    for (const char* text :
         {"", "nan", "inf", "-inf", "1e400", "1e-400", "0x1p3", "1,5", "1.5x", " 1", "+1", "1 "}) {
        INFO(text);
        CHECK_FALSE(read_real(text));
    }
}

TEST_CASE("numbers do not depend on the locale") {
    const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
    CHECK(read_real("0.25") == 0.25);
    CHECK(shortest_decimal(0.25) == "0.25");
    if (german) std::setlocale(LC_ALL, "C");
}

TEST_CASE("numbers as text read back as the same double") {
    for (const double number : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -2.5e-7, 3e-3}) {
        CHECK(read_real(shortest_decimal(number)) == number);
    }
}

TEST_CASE("a quoted text is short and printable") {
    CHECK(excerpt("abc") == "\"abc\"");
    CHECK(excerpt(std::string("a\0\n\x1b[31m", 8)) == "\"a\\x00\\x0a\\x1b[31m\"");
    CHECK(excerpt(std::string(500, 'x')).size() == 85);
}
