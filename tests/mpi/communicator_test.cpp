#include "sae/mpi/communicator.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/mpi/failure.hpp"

using sae::mpi::Communicator;
using sae::test::ContainsSubstring;

namespace {

/// Three elements of 8 bytes a message, so that short arrays are cut too.
constexpr std::size_t small_message = 24;

std::vector<std::int64_t> numbers(int rank, std::size_t count) {
    std::vector<std::int64_t> values(count);
    std::iota(values.begin(), values.end(), std::int64_t{1000} * rank);
    return values;
}

/// Runs of r + 1 elements, the last rank's empty, stored back to front: (counts, displacements, total).
struct Runs {
    std::vector<std::int64_t> counts;
    std::vector<std::int64_t> displacements;
    std::int64_t total = 0;

    explicit Runs(int ranks) : counts(static_cast<std::size_t>(ranks)), displacements(counts.size()) {
        for (std::size_t r = counts.size(); r-- > 0;) {
            counts[r] = r + 1 == counts.size() ? 0 : static_cast<std::int64_t>(r) + 1;
            displacements[r] = total;
            total += counts[r];
        }
    }
    [[nodiscard]] std::vector<double> run(int rank) const {
        return std::vector<double>(static_cast<std::size_t>(counts[static_cast<std::size_t>(rank)]),
                                   rank + 0.5);
    }
    [[nodiscard]] std::vector<double> whole() const {
        std::vector<double> all(static_cast<std::size_t>(total));
        for (std::size_t r = 0; r < counts.size(); ++r) {
            std::fill_n(all.begin() + displacements[r], counts[r], static_cast<double>(r) + 0.5);
        }
        return all;
    }
};

}  // namespace

TEST_CASE("a communicator is a duplicate of the world and returns errors") {
    const Communicator comm(MPI_COMM_WORLD);
    int same = MPI_UNEQUAL;
    MPI_Comm_compare(comm.handle(), MPI_COMM_WORLD, &same);
    CHECK(same == MPI_CONGRUENT);
    int value = 0;
    CHECK_THROWS_AS(comm.broadcast_value(value, comm.size()), sae::mpi::Failure);
    try {
        comm.broadcast_value(value, comm.size());
    } catch (const sae::mpi::Failure& failure) {
        CHECK(failure.call() == "MPI_Bcast");
        int error_class = MPI_SUCCESS;
        MPI_Error_class(failure.code(), &error_class);
        CHECK(error_class == MPI_ERR_ROOT);
        CHECK(std::string(failure.what()).find(failure.text()) != std::string::npos);
    }
}

TEST_CASE("split groups the ranks of one color in the order of their keys") {
    const Communicator comm(MPI_COMM_WORLD);
    const Communicator group = comm.split(comm.rank() % 2, -comm.rank());
    const std::vector<int> members = group.all_gather_value(comm.rank());
    std::vector<int> expected;
    for (int r = comm.size() - 1; r >= 0; --r) {
        if (r % 2 == comm.rank() % 2) expected.push_back(r);
    }
    CHECK(members == expected);
}

TEST_CASE("broadcast copies values, objects and texts of the root") {
    const Communicator comm(MPI_COMM_WORLD, small_message);
    const int root = comm.size() - 1;
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
        std::vector<std::int64_t> values = numbers(comm.rank(), count);
        comm.broadcast(std::span(values), root);
        CHECK(values == numbers(root, count));
    }
    struct Command {
        int verb;
        double step;
    } command{comm.rank(), comm.rank() * 0.5};
    comm.broadcast_value(command, root);
    CHECK(command.verb == root);
    CHECK(command.step == root * 0.5);

    std::string text = comm.rank() == root ? "a text that is longer than a message" : "other";
    comm.broadcast_text(text, root);
    CHECK(text == "a text that is longer than a message");
    comm.broadcast_text(text = comm.rank() == root ? "" : "other", root);
    CHECK(text.empty());
}

TEST_CASE("integers are summed element by element, in pieces too") {
    const Communicator comm(MPI_COMM_WORLD, small_message);
    const std::int64_t n = comm.size();
    for (const std::size_t count : {std::size_t{0}, std::size_t{3}, std::size_t{100}}) {
        std::vector<std::int64_t> expected(count);
        for (std::size_t i = 0; i < count; ++i) {
            expected[i] = n * static_cast<std::int64_t>(i) + 1000 * (n * (n - 1) / 2);
        }
        std::vector<std::int64_t> blocking = numbers(comm.rank(), count);
        comm.all_reduce_sum(blocking);
        CHECK(blocking == expected);
        std::vector<std::int64_t> started = numbers(comm.rank(), count);
        sae::mpi::Request request = comm.start_all_reduce_sum(started);
        request.wait();
        CHECK(started == expected);
    }
    CHECK(comm.all_reduce_max(-comm.rank()) == 0);
    CHECK(comm.all_reduce_max(comm.rank()) == n - 1);
}

TEST_CASE("values and texts of all ranks are gathered by rank") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto squares = comm.all_gather_value(comm.rank() * comm.rank() + 0.5);
    const auto texts = comm.all_gather_text(std::string(static_cast<std::size_t>(comm.rank()), 'x'));
    CHECK(squares.size() == static_cast<std::size_t>(comm.size()));
    CHECK(texts.size() == static_cast<std::size_t>(comm.size()));
    for (std::size_t r = 0; r < squares.size(); ++r) {
        CHECK(squares[r] == static_cast<double>(r * r) + 0.5);
        CHECK(texts[r] == std::string(r, 'x'));
    }
}

TEST_CASE("runs of different lengths are gathered and scattered") {
    const Communicator comm(MPI_COMM_WORLD);
    const Runs runs(comm.size());
    const auto first = static_cast<std::size_t>(runs.displacements[static_cast<std::size_t>(comm.rank())]);
    const std::vector<double> own = runs.run(comm.rank());
    const std::vector<double> nothing(static_cast<std::size_t>(runs.total));
    std::vector<double> with_own = nothing;
    std::ranges::copy(own, with_own.begin() + static_cast<std::ptrdiff_t>(first));

    std::vector<double> all = with_own;
    sae::mpi::Request request = comm.start_all_gather(all, runs.counts, runs.displacements);
    request.wait();
    CHECK(all == runs.whole());

    std::vector<double> on_root = with_own;
    comm.gather_to_root(on_root, runs.counts, runs.displacements);
    CHECK(on_root == (comm.is_root() ? runs.whole() : with_own));

    std::vector<double> back = comm.is_root() ? on_root : nothing;
    comm.scatter_from_root(back, runs.counts, runs.displacements);
    CHECK(back == (comm.is_root() ? on_root : with_own));
}

TEST_CASE("an exchange gives each rank the others' runs for it") {
    const Communicator comm(MPI_COMM_WORLD);
    const Runs runs(comm.size());
    std::vector<std::int64_t> all(static_cast<std::size_t>(runs.total));
    std::iota(all.begin(), all.end(), 1000 * comm.rank());
    const auto me = static_cast<std::size_t>(comm.rank());
    const auto own = static_cast<std::size_t>(runs.counts[me]);
    const std::int64_t first =
        std::accumulate(runs.counts.begin(), runs.counts.begin() + comm.rank(), std::int64_t{0});
    std::vector<std::int64_t> expected;
    for (int rank = 0; rank < comm.size(); ++rank) {
        if (rank == comm.rank()) continue;
        for (std::size_t i = 0; i < own; ++i)
            expected.push_back(1000 * rank + first + static_cast<std::int64_t>(i));
    }
    std::vector<std::int64_t> received(expected.size());
    sae::mpi::Request request = comm.start_exchange(all, received, runs.counts);
    request.wait();
    CHECK(received == expected);
}

TEST_CASE("counts that do not fit are refused on every rank before anything is sent") {
    const Communicator comm(MPI_COMM_WORLD);
    const auto n = static_cast<std::size_t>(comm.size());
    std::vector<std::int64_t> counts(n, 1);
    std::vector<std::int64_t> displacements(n);
    std::iota(displacements.begin(), displacements.end(), 0);
    std::vector<double> all(n);

    displacements[n - 1] = std::int64_t{1} << 31;
    CHECK_THROWS_WITH(comm.gather_to_root(all, counts, displacements),
                      ContainsSubstring("2147483648") && ContainsSubstring("int"));
    displacements[n - 1] = static_cast<std::int64_t>(n);
    CHECK_THROWS_WITH((void)comm.start_all_gather(all, counts, displacements),
                      ContainsSubstring("beyond the whole of " + std::to_string(n)));
    counts.pop_back();
    CHECK_THROWS_AS(comm.scatter_from_root(all, counts, displacements), sae::Error);
}

TEST_CASE("bytes travel from rank to rank in pieces") {
    const Communicator comm(MPI_COMM_WORLD, small_message);
    std::vector<std::byte> bytes(1000, std::byte{0});
    if (comm.is_root()) {
        for (int r = 1; r < comm.size(); ++r) {
            std::fill(bytes.begin(), bytes.end(), static_cast<std::byte>(r));
            comm.send(bytes, r, 7);
        }
    } else {
        comm.receive(bytes, 0, 7);
        CHECK(bytes == std::vector<std::byte>(1000, static_cast<std::byte>(comm.rank())));
    }
}

TEST_CASE("a message that has arrived is found by its tag, from any sender") {
    const Communicator comm(MPI_COMM_WORLD);
    CHECK_FALSE(comm.waiting_message(3));
    comm.barrier();
    std::byte byte{static_cast<unsigned char>(comm.rank())};
    const auto bytes = std::span(&byte, 1);
    if (comm.is_root()) {
        for (int received = 1; received < comm.size(); ++received) {
            std::optional<int> source;
            while (!source) source = comm.waiting_message(3);
            std::byte from{};
            comm.receive(std::span(&from, 1), *source, 3);
            CHECK(std::to_integer<int>(from) == *source);
        }
        CHECK_FALSE(comm.waiting_message(3));
    } else {
        sae::mpi::Request sent = comm.start_send(bytes, 0, 3);
        sent.wait();
    }
    CHECK_FALSE(comm.waiting_message(4));
}

TEST_CASE("a started send is complete once the other rank receives, and not before") {
    const Communicator comm(MPI_COMM_WORLD, small_message);
    std::vector<std::byte> bytes(small_message + 1);
    CHECK_THROWS_AS(comm.start_send(bytes, 0), sae::Error);
    bytes.pop_back();
    if (comm.size() == 1) return;
    sae::mpi::Request sent;
    if (comm.rank() == 1) sent = comm.start_send(bytes, 0, 5);
    const bool complete_too_early = comm.rank() == 1 && sent.test();
    comm.barrier();
    CHECK_FALSE(complete_too_early);
    if (comm.is_root()) comm.receive(bytes, 1, 5);
    sent.wait();
}

TEST_CASE("the library's version is one line") {
    const std::string version = sae::mpi::library_version();
    CHECK_FALSE(version.empty());
    CHECK(version.find('\n') == std::string::npos);
}
