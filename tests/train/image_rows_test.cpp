#include "sae/train/image_rows.hpp"

#include <algorithm>
#include <optional>

#include "../data/faulty_file_system.hpp"
#include "../data/temporary_directory.hpp"
#include "catch.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/mpi/agreement.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using sae::test::FaultyFileSystem;

namespace {

constexpr Index pixels = BuiltinDigits::side * BuiltinDigits::side;
constexpr Index columns = 3;

/// A digit's first row of ink, a pixel of it, and its darkest pixel.
void describe(std::span<const std::uint8_t> images, std::span<double> rows) {
    const std::size_t size = images.size() * columns / std::max<std::size_t>(rows.size(), 1);
    for (std::size_t i = 0; i < rows.size() / columns; ++i) {
        const auto image = images.subspan(i * size, size);
        const auto ink = std::ranges::find_if(image, [](std::uint8_t pixel) { return pixel > 0; });
        rows[i * columns] = static_cast<double>(ink - image.begin());
        rows[i * columns + 1] = image[size / 2] / 255.0;
        rows[i * columns + 2] = std::ranges::max(image);
    }
}

std::unique_ptr<ImageSource> digits() {
    return std::make_unique<BuiltinDigits>(0, DigitSet::train, 1000);
}

/// The bytes of all rows as one process makes them.
std::string expected(Index count) {
    std::vector<std::uint8_t> images(static_cast<std::size_t>(count * digits()->image_size()));
    digits()->read(0, images);
    std::vector<double> rows(static_cast<std::size_t>(count * columns));
    describe(images, rows);
    return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(double)};
}

StopRequest never_asked() {
    return StopRequest::none;
}

/// A temporary directory of rank 0's.
struct Place {
    explicit Place(const mpi::Communicator& world) {
        if (world.is_root()) directory.emplace();
    }
    std::optional<test::TemporaryDirectory> directory;
};

}  // namespace

TEST_CASE("rows are in the order of their images for any ranks and any size of a piece") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Place place(world);
    for (const Index count : {Index{1}, Index{2}, Index{100}, Index{101}}) {
        for (const Index piece : {Index{1}, Index{3000}, ShardReader::default_piece_bytes}) {
            std::optional<NpyWriter> file;
            if (world.is_root()) file.emplace(*place.directory / "rows.npy", count, columns);
            ShardReader reader(world, digits);
            const StopRequest stopped = append_rows(world, reader, count, {pixels, columns, describe},
                                                    never_asked, file ? &*file : nullptr, piece);
            CHECK(stopped == StopRequest::none);
            if (!world.is_root()) continue;
            file->commit();
            const std::string written = test::read_text(*place.directory / "rows.npy");
            CHECK(written.substr(128) == expected(count));
        }
    }
}

TEST_CASE("if a file cannot be written any more, or a row cannot be made, all ranks end") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Place place(world);
    FaultyFileSystem full(test::Fault::fail, 3, ENOSPC);  // create, header, first piece, second piece
    std::optional<NpyWriter> file;
    if (world.is_root()) file.emplace(*place.directory / "rows.npy", 100, columns, full);
    ShardReader reader(world, digits);
    const auto run = [&](const RowMaker& maker, NpyWriter* to) {
        return append_rows(world, reader, 100, maker, never_asked, to, 784 * 10);
    };
    CHECK_THROWS_WITH((void)run({pixels, columns, describe}, file ? &*file : nullptr),
                      ContainsSubstring("rows.npy: No space left on device"));
    if (world.is_root()) CHECK(place.directory->names().empty());

    std::optional<NpyWriter> other;
    if (world.is_root()) other.emplace(*place.directory / "other.npy", 100, columns);
    const bool last = world.rank() == world.size() - 1;
    const RowMaker broken{pixels, columns, [&](auto images, auto rows) {
                              if (last) throw Error("the last rank is broken");
                              describe(images, rows);
                          }};
    CHECK_THROWS_WITH((void)run(broken, other ? &*other : nullptr),
                      ContainsSubstring("the last rank is broken"));
    other.reset();
    if (world.is_root()) CHECK(place.directory->names().empty());
}

TEST_CASE("images that are fewer or larger than when they were planned are refused on all ranks") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const auto never = [](auto, auto) { FAIL_CHECK("a row is made"); };
    ShardReader reader(world, digits);
    CHECK_THROWS_WITH(
        (void)append_rows(world, reader, 1000, {pixels / 4, columns, never}, never_asked, nullptr),
        ContainsSubstring("expected 1000 images of 196 pixels"));
    CHECK_THROWS_WITH((void)append_rows(world, reader, 1001, {pixels, columns, never}, never_asked, nullptr),
                      ContainsSubstring("expected 1001 images of 784 pixels"));
}

TEST_CASE("a stop request of one rank stops all between two rounds") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const Place place(world);
    std::optional<NpyWriter> file;
    if (world.is_root()) file.emplace(*place.directory / "rows.npy", 100, columns);
    ShardReader reader(world, digits);
    int rounds = 0;
    const RowMaker maker{pixels, columns, [&](auto images, auto rows) {
                             describe(images, rows);
                             ++rounds;
                         }};
    const auto stop_request = [&] {
        const bool asked = rounds == 2 && world.rank() == world.size() - 1;
        return asked ? StopRequest::save_and_requeue : StopRequest::none;
    };
    CHECK(append_rows(world, reader, 100, maker, stop_request, file ? &*file : nullptr, 784) ==
          StopRequest::save_and_requeue);
    CHECK(rounds == 2);
    file.reset();
    if (world.is_root()) CHECK(place.directory->names().empty());
}
