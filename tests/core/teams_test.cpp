#include "teams.hpp"

#include "catch.hpp"

using namespace sae;

namespace {

constexpr std::size_t megabyte = 1'000'000;

std::vector<Team> teams_of(Index columns, int cores, std::size_t sum_bytes = 3 * megabyte) {
    const Tiling tiling(columns);
    return make_teams(tiling, 0, tiling.tiles(), cores, sum_bytes);
}

}  // namespace

TEST_CASE("teams have each core and each tile once, in order, and each has a tile") {
    for (const Index columns : {1, 100, 1000, 10000, 60000})
        for (const int cores : {1, 2, 3, 5, 7, 8, 11, 16, 64, 192}) {
            INFO(columns << " columns, " << cores << " cores");
            int core = 0;
            Index tile = 0;
            for (const Team& team : teams_of(columns, cores)) {
                CHECK(team.first_core == core);
                CHECK(team.cores >= 1);
                CHECK(!team.waves.empty());
                core += team.cores;
                for (const Wave& wave : team.waves) {
                    CHECK(wave.first_tile == tile);
                    CHECK(wave.last_tile > tile);
                    tile = wave.last_tile;
                }
            }
            CHECK(core == cores);
            CHECK(tile == Tiling(columns).tiles());
        }
}

TEST_CASE("cores that get equal numbers of tiles share none of them") {
    REQUIRE(Tiling(10000).tiles() == 20);
    CHECK(teams_of(10000, 2).size() == 2);
    CHECK(teams_of(10000, 4).size() == 4);
    CHECK(teams_of(10000, 5).size() == 5);
}

TEST_CASE("cores that whole tiles would not divide evenly share them") {
    // 20 tiles: 2 or 3 for each of 8 cores, 5 for each of 4 pairs.
    CHECK(sizes_of(teams_of(10000, 8)) == std::vector{2, 2, 2, 2});
    CHECK(teams_of(10000, 64).size() > 1);
}

TEST_CASE("few columns are shared by all cores: the sum over teams would take longer") {
    for (const int cores : {2, 8, 64}) CHECK(teams_of(100, cores).size() == 1);
}

TEST_CASE("the sums of all teams take little memory for each core") {
    CHECK(teams_of(10000, 4, 10 * megabyte).size() == 4);
    CHECK(teams_of(10000, 4, 30 * megabyte).size() == 2);
    CHECK(teams_of(10000, 4, 1000 * megabyte).size() == 1);
}

TEST_CASE("a host without tiles has one team without waves") {
    const auto teams = make_teams(Tiling(1000), 3, 3, 4, megabyte);
    REQUIRE(teams.size() == 1);
    CHECK(teams.front().cores == 4);
    CHECK(teams.front().waves.empty());
}
