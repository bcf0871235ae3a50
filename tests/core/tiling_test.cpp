#include <limits>
#include <numeric>

#include "catch.hpp"
#include "sae/core/column_tiles.hpp"
#include "sae/core/error.hpp"

using namespace sae;

TEST_CASE("tiles cover the columns once, near-equally, by the number of columns alone") {
    for (const Index m : {1, 7, 8, 9, 48, 49, 97, 100, 999, 1000, 1024, 1025, 8209, 10000, 60000, 2000000}) {
        const Tiling tiling(m);
        CHECK(tiling.begin(0) == 0);
        CHECK(tiling.begin(tiling.tiles()) == m);
        Index narrowest = m, widest = 0;
        for (Index tile = 0; tile < tiling.tiles(); ++tile) {
            CHECK(tiling.width(tile) > 0);
            narrowest = std::min(narrowest, tiling.width(tile));
            widest = std::max(widest, tiling.width(tile));
        }
        CHECK(tiling.widest() == widest);
        CHECK(widest - narrowest < 64);  // a unit, and what the last tile lacks of its own
    }
    CHECK_THROWS_AS(Tiling(0), Error);
}

TEST_CASE("a number of columns that no machine holds is tiled in a short time or refused") {
    constexpr Index most = Index{1} << 40;
    const Tiling tiling(most);
    CHECK(tiling.begin(tiling.tiles()) == most);
    CHECK(tiling.widest() == 512);
    CHECK_THROWS_AS(Tiling(most + 1), Error);
    CHECK_THROWS_AS(Tiling(std::numeric_limits<Index>::max()), Error);
}

TEST_CASE("parts own runs of whole tiles, also when they are more than the tiles") {
    const Tiling tiling(1000);
    for (const Index parts : {1, 2, 3, 7, 100}) {
        CHECK(tiling.first_tile(0, parts) == 0);
        CHECK(tiling.first_tile(parts, parts) == tiling.tiles());
        for (Index part = 0; part < parts; ++part)
            CHECK(tiling.first_tile(part, parts) <= tiling.first_tile(part + 1, parts));
    }
    CHECK(Tiling::share(Index{1} << 60, 1023, 1024) > 0);
}

TEST_CASE("columns are stored in their panels, in pieces or all together") {
    const Index rows = 5;
    const Tiling tiling(300);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(rows * 300));
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    const Index first = tiling.first_tile(1, 3), last = tiling.first_tile(2, 3);
    ColumnTiles whole(rows, tiling, first, last), pieced(rows, tiling, first, last);
    const Index begin = whole.first_column(), end = whole.last_column();
    const auto columns = [&](Index from, Index to) {
        return std::span(bytes).subspan(static_cast<std::size_t>(from * rows),
                                        static_cast<std::size_t>((to - from) * rows));
    };
    whole.put(begin, columns(begin, end));
    for (Index column = begin; column < end; column += 13)
        pieced.put(column, columns(column, std::min(end, column + 13)));
    for (Index tile = first; tile < last; ++tile)
        for (Index c = 0; c < tiling.width(tile); ++c)
            for (Index k = 0; k < rows; ++k) {
                const Index at = (c / 16 * rows + k) * 16 + c % 16;
                CHECK(whole.panels(tile).bytes[at] ==
                      bytes[static_cast<std::size_t>((tiling.begin(tile) + c) * rows + k)]);
                CHECK(pieced.panels(tile).bytes[at] == whole.panels(tile).bytes[at]);
            }
}
