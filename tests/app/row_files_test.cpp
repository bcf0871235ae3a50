#include "row_files.hpp"

#include <filesystem>

#include "../data/temporary_directory.hpp"
#include "catch.hpp"
#include "sae/core/error.hpp"
#include "sae/core/feedforward.hpp"
#include "sae/data/picture.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

RowOptions in(const test::TemporaryDirectory& place) {
    RowOptions options;
    options.model = place / "model";
    options.output = place / "train.npy";
    options.test_output = place / "test.npy";
    return options;
}

Model small_model(Index pixels, Index outputs) {
    Model model{{pixels, 2, outputs}, {}, {}};
    model.theta.assign(static_cast<std::size_t>(model.shape.size()), 0.01);
    return model;
}

}  // namespace

TEST_CASE("a picture has its file's name") {
    CHECK(picture_beside("a/b.npy") == "a/b.png");
    CHECK(picture_beside("a.b/c") == "a.b/c.png");
    CHECK(picture_beside("c.dat") == "c.dat.png");
}

TEST_CASE("rows of test images are made where they are asked for and there are any") {
    RowOptions options;
    options.output = "a.npy";
    CHECK(row_sets(options).size() == 1);
    options.test_output = "b.npy";
    REQUIRE(row_sets(options).size() == 2);
    CHECK(row_sets(options)[1].path == "b.npy");
    options.source.train = "images";
    CHECK_THROWS_WITH(row_sets(options), ContainsSubstring("name them with --test"));
    options.source.test = "others";
    CHECK(row_sets(options).size() == 2);
}

TEST_CASE("--images replaces all other images") {
    RowOptions options;
    CHECK(options.images_source() == SourceOptions{});
    options.images = "letters";
    CHECK(options.images_source().train == "letters");
    CHECK_FALSE(options.images_source().built_in());
}

TEST_CASE("a file is written over no other") {
    const test::TemporaryDirectory place;
    test::write_text(place / "model", "m");
    RowOptions options = in(place);
    const auto complaint = [&](bool pictures = true) {
        return test::message_of<Error>([&] { check_places(options, row_sets(options), pictures); });
    };
    CHECK(complaint().empty());
    test::write_text(place / "test.png", "p");
    CHECK(complaint(false).empty());
    CHECK_THAT(complaint(), ContainsSubstring("--test-output: ") &&
                                ContainsSubstring("test.png exists already") &&
                                ContainsSubstring("add --overwrite"));
    options.overwrite = true;
    CHECK(complaint().empty());

    options.output = place / "model";
    CHECK_THAT(complaint(), ContainsSubstring("is also a file of --model"));
    options.output =
        (fs::path(place.path()) / ".." / fs::path(place.path()).filename() / "test.npy").string();
    CHECK_THAT(complaint(false), ContainsSubstring("is also a file of --output"));
    fs::create_symlink("model", place / "link");
    options.output = place / "link";
    CHECK_THAT(complaint(), ContainsSubstring("is also a file of --model"));
    options.output = place / "test.png";
    CHECK_THAT(complaint(), ContainsSubstring("is also a file of --output"));
    options = in(place);
    options.overwrite = true;
    options.images = place / "train.npy";
    CHECK_THAT(complaint(), ContainsSubstring("is also a file of --images"));
}

TEST_CASE("a network that does not fit the images is refused, and rows that do not fit the disk") {
    const auto fit = [](Index inputs, Index outputs, bool decodes) {
        return test::message_of<Error>([&] {
            check_fit("m.safetensors", {inputs, 2, outputs}, 784, "three digits", decodes);
        });
    };
    CHECK(fit(784, 784, true).empty());
    CHECK(fit(784, 16, false).empty());
    CHECK(fit(784, 16, true) ==
          "--model m.safetensors: the network takes 784 pixels and gives 16, but the images have 784: three "
          "digits");
    CHECK_THAT(fit(16, 784, false), ContainsSubstring("takes 16 pixels"));

    const test::TemporaryDirectory place;
    const RowOptions options = in(place);
    const std::vector<RowSet> sets = row_sets(options);
    CHECK_NOTHROW(check_room(sets[0], 3, 784));
    CHECK_THROWS_WITH(check_room(sets[0], Index{1} << 53, 784),
                      ContainsSubstring("--output ") && ContainsSubstring("9007199254740992 x 784 numbers") &&
                          ContainsSubstring("there is room for"));
}

TEST_CASE("a picture shows each image above its reconstruction") {
    const test::TemporaryDirectory place;
    const RowOptions options = in(place);
    RowSet set;
    set.path = options.output;
    set.open = [] { return open_training_images({}, 3); };
    const Images digits = set.open();
    const Model model = small_model(784, 784);
    write_picture_beside(set, 2, model);

    std::vector<std::uint8_t> inputs(2 * 784), pairs;
    digits.source->read(0, inputs);
    std::vector<double> outputs(inputs.size());
    Crew alone(1);
    network_outputs(model.shape, model.theta, inputs, outputs, alone);
    const std::vector<std::uint8_t> levels = grey_levels(outputs);
    for (const int image : {0, 784}) {
        pairs.insert(pairs.end(), inputs.begin() + image, inputs.begin() + image + 784);
        pairs.insert(pairs.end(), levels.begin() + image, levels.begin() + image + 784);
    }
    write_png(place / "expected.png", grid(pairs, 2, 56, 28, {.stacked = 2}));
    CHECK(test::read_text(place / "train.png") == test::read_text(place / "expected.png"));

    write_picture_beside(set, 50, model);
    CHECK(test::read_text(place / "train.png") != test::read_text(place / "expected.png"));
}
