#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "sae/app/image_sources.hpp"
#include "sae/app/run_command.hpp"
#include "sae/core/error.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// An IDX file of 2 x 2 pixels, image i of grey level i, that lives as long as the object.
class IdxFile {
  public:
    explicit IdxFile(int images) {
        std::ofstream file(path, std::ios::binary);
        file << std::string("\0\0\x08\x03\0\0\0", 7) << static_cast<char>(images);
        file << std::string("\0\0\0\x02\0\0\0\x02", 8);
        for (int i = 0; i < images; ++i) file << std::string(4, static_cast<char>(i));
    }
    ~IdxFile() { fs::remove(path); }
    IdxFile(const IdxFile&) = delete;
    IdxFile& operator=(const IdxFile&) = delete;
    const std::string path = "show_test.idx";
};

}  // namespace

TEST_CASE("images come from the built-in digits or from a file") {
    SourceOptions source;
    CHECK(open_training_images(source, {}).count == built_in_count);
    CHECK(open_test_images(source, 5).count == 5);
    const IdxFile file(9);
    source.train = file.path;
    const Images all = open_training_images(source, {});
    CHECK(all.count == 9);
    CHECK(all.source->image_size() == 4);
    CHECK(open_training_images(source, 9).count == 9);
    CHECK_FALSE(open_test_images(source, {}).source);
    CHECK_THROWS_WITH(open_training_images(source, 10), ContainsSubstring("--train-count: 10 images") &&
                                                            ContainsSubstring("holds 9") &&
                                                            ContainsSubstring(file.path));
}

TEST_CASE("the built-in digits follow their seed") {
    SourceOptions source;
    std::vector<std::uint8_t> one(28 * 28), other(28 * 28);
    open_training_images(source, 1).source->read(0, one);
    source.digits_seed = 1;
    open_training_images(source, 1).source->read(0, other);
    CHECK(one != other);
}

TEST_CASE("show writes a grid for each count, and nothing if there are too few images") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const IdxFile file(9);
    std::string printed;
    const auto print = [&](std::string_view text) { printed += text; };
    CHECK_THROWS_AS(
        run_command(world, commands(),
                    Words{"show", "--train", file.path, "--first", "3,10", "--output", "show_test"}, print),
        mpi::AgreedError);
    CHECK_FALSE(fs::exists("show_test"));
    CHECK(run_command(world, commands(),
                      Words{"show", "--train", file.path, "--test", file.path, "--first", "3,9",
                            "--test-first", "4", "--output", "show_test/deep"},
                      print) == 0);
    for (const char* name : {"train-first-3.png", "train-first-9.png", "test-first-4.png"}) {
        INFO(name);
        CHECK(fs::file_size(fs::path("show_test/deep") / name) > 0);
        CHECK_THAT(printed, ContainsSubstring(name));
    }
    fs::remove_all("show_test");
}
