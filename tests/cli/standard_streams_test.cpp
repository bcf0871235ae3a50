#include "sae/cli/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "catch.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

TEST_CASE("a descriptor takes all that is written, or the reason is given") {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    CHECK_NOTHROW(write_output("123x", pipe[1]));
    CHECK_NOTHROW(write_output("", pipe[1]));
    CHECK_NOTHROW(write_output("rest", pipe[1]));
    std::string found(20, '\0');
    found.resize(static_cast<std::size_t>(::read(pipe[0], found.data(), found.size())));
    CHECK(found == "123xrest");
    for (const int end : pipe) ::close(end);
    CHECK_THROWS_WITH(write_output("x", pipe[1]),
                      ContainsSubstring("standard output: Bad file descriptor; "));
    CHECK_NOTHROW(write_output("", pipe[1]));
}
