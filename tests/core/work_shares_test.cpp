#include "work_shares.hpp"

#include "catch.hpp"
#include "sae/core/summation.hpp"

using namespace sae;

TEST_CASE("waves cover the tiles of a node once, in order") {
    for (const Index columns : {1, 100, 1000, 10000, 60000}) {
        const Tiling tiling(columns);
        for (const int cores : {1, 2, 8, 64, 192}) {
            const auto waves = make_waves(tiling, 0, tiling.tiles(), cores, 64);
            Index next = 0;
            for (const Wave& wave : waves) {
                CHECK(wave.first_tile == next);
                CHECK(wave.last_tile > wave.first_tile);
                next = wave.last_tile;
            }
            CHECK(next == tiling.tiles());
            if (cores == 1) CHECK(std::ssize(waves) == tiling.tiles());
        }
    }
    CHECK(make_waves(Tiling(1000), 2, 2, 4, 64).empty());
}

TEST_CASE("the cores' pieces cover the columns of a wave once, in whole column groups, evenly") {
    for (const Index columns : {1, 7, 8, 9, 100, 999, 10000}) {
        const Tiling tiling(columns);
        const Wave wave{0, tiling.tiles()};
        for (const int cores : {1, 2, 3, 8, 64, 192}) {
            std::vector<int> times(static_cast<std::size_t>(columns));
            Index most = 0;
            for (int core = 0; core < cores; ++core) {
                Index own = 0;
                for (const Piece& piece : pieces_of(tiling, wave, core, cores, 64)) {
                    CHECK(piece.first % summation::column_group == 0);
                    CHECK((piece.last % summation::column_group == 0 ||
                           piece.last == tiling.width(piece.tile)));
                    for (Index c = piece.first; c < piece.last; ++c)
                        ++times[static_cast<std::size_t>(tiling.begin(piece.tile) + c)];
                    own += piece.columns();
                }
                most = std::max(most, own);
            }
            CHECK(times == std::vector<int>(times.size(), 1));
            const Index groups = (columns + 7) / 8;
            CHECK(most <= std::max(8 * ((groups + cores - 1) / cores), columns * 17 / 16 / cores + 1));
        }
    }
}

TEST_CASE("the cores' blocks cover a matrix once, evenly") {
    for (const Index rows : {1, 9, 50, 784})
        for (const Index columns : {1, 16, 100})
            for (const int cores : {1, 2, 7, 192}) {
                std::vector<int> times(static_cast<std::size_t>(rows * columns));
                Index most = 0;
                for (int core = 0; core < cores; ++core) {
                    Index own = 0;
                    const auto blocks = blocks_of({rows, 12}, {columns, 16}, core, cores);
                    for (const Block& b : blocks) {
                        CHECK((b.rows.first % 12 == 0 && b.columns.first % 16 == 0));
                        CHECK((b.rows.last % 12 == 0 || b.rows.last == rows));
                        CHECK((b.columns.last % 16 == 0 || b.columns.last == columns));
                        for (Index r = b.rows.first; r < b.rows.last; ++r)
                            for (Index c = b.columns.first; c < b.columns.last; ++c, ++own)
                                ++times[static_cast<std::size_t>(r * columns + c)];
                    }
                    most = std::max(most, own);
                }
                CHECK(times == std::vector<int>(times.size(), 1));
                CHECK(most <= rows * columns / cores + 2 * 12 * 16);
            }
}

TEST_CASE("a block of half the width or less counts half") {
    // Rows of 2, 2, 1 halves.
    const auto first = blocks_of({30, 12}, {16, 16}, 0, 2), second = blocks_of({30, 12}, {16, 16}, 1, 2);
    REQUIRE(first.size() == 1);
    CHECK((first[0].rows.first == 0 && first[0].rows.last == 12));
    REQUIRE(second.size() == 1);
    CHECK((second[0].rows.first == 12 && second[0].rows.last == 30));
}

TEST_CASE("a row that costs more than the others is shared by more cores") {
    const Extent columns(100, 10);
    Extent rows(3, 1);
    rows.costs = {1, 8, 1};
    for (int core = 0; core < 5; ++core)
        CHECK(cost_of(rows, columns, blocks_of(rows, columns, core, 5)) == 40);
}

TEST_CASE("the blocks of a core are nearly a square of what is read") {
    // 4 blocks of 64 each; a row of blocks by row would read 8 columns and more.
    const Extent rows(80, 10), columns(80, 10);
    for (int core = 0; core < 16; ++core) {
        const auto blocks = blocks_of(rows, columns, core, 16);
        REQUIRE(blocks.size() == 1);
        CHECK((blocks[0].rows.last - blocks[0].rows.first == 20 &&
               blocks[0].columns.last - blocks[0].columns.first == 20));
    }
    Extent short_rows(80, 10);
    short_rows.read = 1;
    CHECK(best_band(short_rows, columns, 16) == 1);
    CHECK(best_band(rows, columns, 1) == 8);
}
