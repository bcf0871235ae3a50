#include "sae/cli/shell_words.hpp"

#include "catch.hpp"

using namespace sae;

TEST_CASE("a command line as a shell takes it") {
    CHECK(shell_words({"sae-mpi", "--output", "a b", "it's", "", "--rho=0.05"}) ==
          R"(sae-mpi --output 'a b' 'it'\''s' '' --rho=0.05)");
}
