#include "sae/app/feature_options.hpp"

#include "../data/temporary_directory.hpp"
#include "catch.hpp"

using namespace sae;
using Words = std::vector<std::string>;

namespace {

template <class Options>
Options parsed(const Words& words) {
    Options options;
    REQUIRE(table_of(options).parse(words));
    return options;
}

/// Reads back what to_ini writes.
template <class Options>
Options again(const Options& options) {
    const test::TemporaryDirectory place;
    test::write_text(place / "run.ini", to_ini(options));
    return parsed<Options>({"--config", place / "run.ini"});
}

}  // namespace

TEST_CASE("options of encode, reconstruct and info arrive and survive an INI file") {
    const auto encode =
        parsed<EncodeOptions>({"--model", "m", "--data", "d", "--train-count", "7", "--output", "a.npy",
                               "--test-output", "b.npy", "--test-count", "8", "--threads", "3"});
    CHECK(encode.rows.model == "m");
    CHECK(encode.rows.source.data == "d");
    CHECK(encode.rows.train_count == 7);
    CHECK(encode.rows.test_count == 8);
    CHECK(encode.rows.threads == 3);
    CHECK(encode.rows.output == "a.npy");
    CHECK(encode.rows.test_output == "b.npy");
    CHECK(again(encode) == encode);

    const auto reconstruct = parsed<ReconstructOptions>({"--model", "m", "--images", "i", "--shown", "0"});
    CHECK(reconstruct.rows.images == "i");
    CHECK(reconstruct.rows.output == "reconstructions.npy");
    CHECK(reconstruct.shown == 0);
    CHECK(again(reconstruct) == reconstruct);

    const auto info = parsed<InfoOptions>({"--file", "f", "--json"});
    CHECK(info.file == "f");
    CHECK(info.json);
    CHECK(again(info) == info);
}

TEST_CASE("--overwrite belongs to one start, not to the settings") {
    const auto options = parsed<EncodeOptions>({"--model", "m", "--overwrite"});
    CHECK(options.rows.overwrite);
    CHECK_FALSE(again(options).rows.overwrite);
}
