#include "sae/cli/near_miss.hpp"

#include <vector>

#include "catch.hpp"

TEST_CASE("a near miss finds what was meant") {
    const std::vector<std::string> options{"hidden",      "history",    "rho", "beta",
                                           "train-count", "test-count", "help"};
    CHECK(sae::near_miss("hiden", options) == "hidden");
    CHECK(sae::near_miss("hidedn", options) == "hidden");
    CHECK(sae::near_miss("hid", options) == "hidden");
    CHECK(sae::near_miss("roh", options) == "rho");
    CHECK(sae::near_miss("train_count", options) == "train-count");
    CHECK(sae::near_miss("traincount", options) == "train-count");
    CHECK(sae::near_miss("epochs", options).empty());
    CHECK(sae::near_miss("x", options).empty());
    CHECK(sae::near_miss(std::string(100'000, 'a'), options).empty());
}
