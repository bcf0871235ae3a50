#include "sae/mpi/placement.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"

using namespace sae::mpi;

namespace {

/// Processors [first, first + count) of a host without hardware threads.
Place place(const std::string& host, std::size_t first, std::size_t count) {
    std::vector<std::size_t> processors(count);
    std::iota(processors.begin(), processors.end(), first);
    return make_place(host, processors, [](std::size_t processor) { return processor; });
}

/// A thread for each core that a rank has to itself.
int default_threads(const std::vector<Place>& places) {
    return std::max(1, least_share(places).cores);
}

}  // namespace

TEST_CASE("eight ranks on eight cores compute with one thread each, however they are bound") {
    CHECK(default_threads(std::vector<Place>(8, place("a", 0, 8))) == 1);  // --bind-to none
    std::vector<Place> sockets, cores;
    for (std::size_t rank = 0; rank < 8; ++rank) {
        sockets.push_back(place("a", rank % 2 * 4, 4));
        cores.push_back(place("a", rank, 1));
    }
    CHECK(default_threads(sockets) == 1);
    CHECK(default_threads(cores) == 1);
}

TEST_CASE("ranks that are bound to several cores use them all; those of other hosts take none away") {
    std::vector<Place> places;
    for (std::size_t rank = 0; rank < 4; ++rank)
        places.push_back(place(rank < 2 ? "a" : "b", rank % 2 * 16, 16));
    CHECK(default_threads(places) == 16);
    CHECK(default_threads({place("a", 0, 32), place("b", 0, 32)}) == 32);
    CHECK(default_threads({place("a", 0, 64)}) == 64);
    CHECK(default_threads({place("a", 1000, 100)}) == 100);
}

TEST_CASE("the rank with the fewest cores decides for all") {
    CHECK(default_threads({place("a", 0, 32), place("b", 0, 2)}) == 2);
    const Share share =
        least_share(std::vector{place("a", 0, 32), place("b", 0, 6), place("b", 0, 6), place("b", 4, 8)});
    CHECK(share.cores == 2);
    CHECK(share.crowd == 3);
    CHECK(share.of == 6);
    CHECK(share.host == "b");
}

TEST_CASE("hardware threads of a core count once") {
    const auto core_of = [](std::size_t processor) { return processor % 8; };  // 0 and 8, 1 and 9, ...
    std::vector<std::size_t> all(16);
    std::iota(all.begin(), all.end(), std::size_t{0});
    const Place whole = make_place("a", all, core_of);
    CHECK(whole.count() == 8);
    CHECK(default_threads(std::vector<Place>(8, whole)) == 1);
    const std::vector<std::size_t> lower{1}, upper{9}, next{2};
    CHECK(make_place("a", lower, core_of).shares_with(make_place("a", upper, core_of)));
    CHECK(!make_place("a", lower, core_of).shares_with(make_place("a", next, core_of)));
}

TEST_CASE("this process has a place") {
    const Place here = this_place();
    CHECK(here.count() >= 1);
    CHECK(here.shares_with(here));
    CHECK(here.host[0] != 0);
}
