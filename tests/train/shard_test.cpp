#include "sae/train/shard.hpp"

#include <algorithm>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"

using sae::Index;
using sae::ShardReader;
using sae::mpi::Communicator;
using sae::test::ContainsSubstring;

namespace {

constexpr Index rows = 2;
constexpr Index cols = 3;
constexpr Index no_failure = -1;

std::uint8_t pixel(Index image, Index i) {
    return static_cast<std::uint8_t>(37 * image + i);
}

/// The calls that a rank's source received.
struct Trace {
    int opened = 0;
    std::vector<Index> images;
    Index largest_read = 0;
};

/// Images of 2 x 3 whose reading breaks off at the image `failing`.
class FakeImages : public sae::ImageSource {
  public:
    FakeImages(Index count, Index height, bool random_access, Index failing, Trace& trace)
        : count_(count), rows_(height), random_access_(random_access), failing_(failing), trace_(trace) {
        ++trace_.opened;
    }
    [[nodiscard]] Index count() const override { return count_; }
    [[nodiscard]] Index rows() const override { return rows_; }
    [[nodiscard]] Index cols() const override { return ::cols; }
    [[nodiscard]] std::string description() const override { return "fake images"; }
    [[nodiscard]] bool random_access() const override { return random_access_; }

  private:
    void read_range(Index first, std::span<std::uint8_t> images) override {
        const Index n = static_cast<Index>(images.size()) / image_size();
        trace_.largest_read = std::max(trace_.largest_read, n);
        for (Index k = 0; k < n; ++k) {
            if (first + k == failing_) throw sae::Error("fake.gz: ends at image " + std::to_string(failing_));
            trace_.images.push_back(first + k);
            for (Index i = 0; i < image_size(); ++i) {
                images[static_cast<std::size_t>(k * image_size() + i)] = pixel(first + k, i);
            }
        }
    }

    Index count_;
    Index rows_;
    bool random_access_;
    Index failing_;
    Trace& trace_;
};

ShardReader::Open fake(Index count, bool random_access, Trace& trace, Index failing = no_failure,
                       Index height = rows) {
    return [=, &trace] { return std::make_unique<FakeImages>(count, height, random_access, failing, trace); };
}

std::vector<std::uint8_t> expected_bytes(Index first, Index last) {
    std::vector<std::uint8_t> bytes;
    for (Index image = first; image < last; ++image) {
        for (Index i = 0; i < rows * cols; ++i) bytes.push_back(pixel(image, i));
    }
    return bytes;
}

std::vector<Index> numbers(Index first, Index last) {
    std::vector<Index> images;
    for (Index image = first; image < last; ++image) images.push_back(image);
    return images;
}

/// Bounds for any number of ranks: uneven shares, the first, the last or every other one empty, all on one.
std::vector<std::vector<Index>> many_bounds(int ranks, Index count) {
    const auto n = static_cast<std::size_t>(ranks);
    std::vector<Index> uneven(n + 1), every_other(n + 1), first_has_all(n + 1, count), last_has_all(n + 1, 0);
    for (std::size_t r = 0; r <= n; ++r) {
        uneven[r] = std::min<Index>(count, static_cast<Index>(r * r) + 2);
        every_other[r] = static_cast<Index>(r / 2) * (count / ranks);
    }
    first_has_all[0] = 0;
    last_has_all[n] = count;
    return {uneven, every_other, first_has_all, last_has_all, std::vector<Index>(n + 1, 3)};
}

/// This rank's images as one run.
std::vector<std::uint8_t> shard(ShardReader& reader, std::span<const Index> bounds) {
    std::vector<std::uint8_t> own;
    reader.read(bounds, [&](Index, std::span<const std::uint8_t> images) {
        own.insert(own.end(), images.begin(), images.end());
    });
    return own;
}

}  // namespace

TEST_CASE("every rank knows the images of the source, though only rank 0 has opened it") {
    const Communicator comm(MPI_COMM_WORLD);
    for (const bool random_access : {true, false}) {
        Trace trace;
        const ShardReader reader(comm, fake(20, random_access, trace));
        CHECK(reader.images().count == 20);
        CHECK(reader.images().rows == rows);
        CHECK(reader.images().cols == cols);
        CHECK(reader.images().random_access == random_access);
        CHECK(reader.images().description == "fake images");
        CHECK(trace.opened == (comm.is_root() ? 1 : 0));
    }
}

TEST_CASE("with random access each rank reads its own images and nothing else") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto rank = static_cast<std::size_t>(comm.rank());
    for (const std::vector<Index>& bounds : many_bounds(comm.size(), 20)) {
        Trace trace;
        ShardReader reader(comm, fake(20, true, trace));
        const std::vector<std::uint8_t> own = shard(reader, bounds);
        CHECK(own == expected_bytes(bounds[rank], bounds[rank + 1]));
        CHECK(trace.images == numbers(bounds[rank], bounds[rank + 1]));
        CHECK(trace.opened == (comm.is_root() || !own.empty() ? 1 : 0));
    }
}

TEST_CASE("without random access rank 0 reads once, in order, and sends pieces") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto rank = static_cast<std::size_t>(comm.rank());
    for (const Index piece_bytes : {Index{1}, Index{3 * 6 + 5}, ShardReader::default_piece_bytes}) {
        for (const std::vector<Index>& bounds : many_bounds(comm.size(), 20)) {
            Trace trace;
            ShardReader reader(comm, fake(20, false, trace), piece_bytes);
            CHECK(shard(reader, bounds) == expected_bytes(bounds[rank], bounds[rank + 1]));
            CHECK(trace.opened == (comm.is_root() ? 1 : 0));
            if (!comm.is_root()) continue;
            CHECK(trace.images == numbers(bounds.front(), bounds.back()));
            const Index own = bounds[1] - bounds[0];
            CHECK(trace.largest_read <= std::max({own, Index{1}, piece_bytes / (rows * cols)}));
        }
    }
}

TEST_CASE("runs may come in any order of the ranks") {
    const Communicator comm(MPI_COMM_WORLD);
    std::vector<sae::ColumnRun> runs;
    for (int rank = 0; rank < comm.size(); ++rank) {
        const Index first = 3 * (comm.size() - 1 - rank);
        runs.push_back({first, first + 2});
    }
    const sae::ColumnRun own = runs[static_cast<std::size_t>(comm.rank())];
    for (const bool random_access : {true, false}) {
        Trace trace;
        ShardReader reader(comm, fake(20, random_access, trace), 1);
        std::vector<std::uint8_t> bytes;
        reader.read(runs, [&](Index, std::span<const std::uint8_t> images) {
            bytes.insert(bytes.end(), images.begin(), images.end());
        });
        CHECK(bytes == expected_bytes(own.first, own.last));
        CHECK(std::ranges::is_sorted(trace.images));
    }
    Trace trace;
    ShardReader reader(comm, fake(20, true, trace));
    const std::vector<sae::ColumnRun> same(runs.size(), {3, 5});
    if (comm.size() > 1) {
        CHECK_THROWS_WITH(reader.read(same, [](Index, std::span<const std::uint8_t>) {}),
                          ContainsSubstring("do not overlap"));
    }
}

TEST_CASE("a source that breaks off anywhere is one error on every rank, and the ranks stay in step") {
    const Communicator comm(MPI_COMM_WORLD);
    for (const bool random_access : {true, false}) {
        for (const std::vector<Index>& bounds : many_bounds(comm.size(), 20)) {
            for (Index failing = bounds.front(); failing < bounds.back(); ++failing) {
                Trace trace;
                ShardReader reader(comm, fake(20, random_access, trace, failing), 3 * rows * cols);
                std::string message = "nothing was thrown";
                try {
                    (void)shard(reader, bounds);
                } catch (const sae::mpi::AgreedError& error) {
                    message = error.what();
                }
                CHECK_THAT(message, ContainsSubstring("fake.gz: ends at image " + std::to_string(failing)));
                CHECK(comm.all_reduce_max(comm.rank()) == comm.size() - 1);
            }
        }
    }
}

TEST_CASE("a source that cannot be opened is one error on every rank") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto broken = []() -> std::unique_ptr<sae::ImageSource> { throw sae::UsageError("no such file"); };
    try {
        const ShardReader reader(comm, broken);
        FAIL_CHECK("nothing was thrown");
    } catch (const sae::mpi::AgreedError& error) {
        CHECK_THAT(error.what(), ContainsSubstring("no such file"));
        CHECK(error.status() == 2);
    }
}

TEST_CASE("a rank that finds another file than rank 0 is one error on every rank") {
    const Communicator comm(MPI_COMM_WORLD);
    if (comm.size() == 1) return;
    const auto last = comm.size() - 1;
    std::vector<Index> bounds(static_cast<std::size_t>(comm.size()) + 1, 0);
    bounds.back() = 6;
    for (const auto& [count, height] : {std::pair{Index{19}, rows}, std::pair{Index{20}, 2 * rows}}) {
        Trace trace;
        const bool differs = comm.rank() == last;
        ShardReader reader(comm,
                           fake(differs ? count : 20, true, trace, no_failure, differs ? height : rows));
        CHECK_THROWS_WITH(shard(reader, bounds), ContainsSubstring("rank " + std::to_string(last) + " of") &&
                                                     ContainsSubstring("expected one file for all"));
        CHECK(trace.images.empty());
    }
}

TEST_CASE("images without pixels are refused on every rank") {
    const Communicator comm(MPI_COMM_WORLD);
    Trace trace;
    CHECK_THROWS_WITH(ShardReader(comm, fake(20, false, trace, no_failure, 0)),
                      ContainsSubstring("fake images") && ContainsSubstring("0 x 3 pixels"));
}

TEST_CASE("bounds that do not fit the images or the ranks are refused") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto n = static_cast<std::size_t>(comm.size());
    Trace trace;
    ShardReader reader(comm, fake(20, true, trace));
    std::vector<Index> beyond(n + 1, 0), descending(n + 1, 5), negative(n + 1, 0);
    beyond[n] = 21;
    descending[n] = 4;
    negative[0] = -1;
    CHECK_THROWS_AS(shard(reader, std::vector<Index>(n, 0)), sae::mpi::AgreedError);
    CHECK_THROWS_WITH(shard(reader, beyond),
                      ContainsSubstring("between 0 and 20") && ContainsSubstring(" 21"));
    CHECK_THROWS_AS(shard(reader, descending), sae::mpi::AgreedError);
    CHECK_THROWS_AS(shard(reader, negative), sae::mpi::AgreedError);
    CHECK(trace.images.empty());
}
