#include "sae/mpi/agreement.hpp"

#include <new>

#include "catch.hpp"

using sae::mpi::agreed;
using sae::mpi::AgreedError;
using sae::mpi::Communicator;
using sae::test::ContainsSubstring;

namespace {

/// What the ranks agree on when the ranks from `first_failing` to `last_failing` fail: text and status.
struct Outcome {
    std::string message = "nothing was thrown";
    int status = 0;
};

template <class Exception>
Outcome outcome(const Communicator& comm, int first_failing, int last_failing) {
    try {
        agreed(comm, [&] {
            if (comm.rank() < first_failing || comm.rank() > last_failing) return;
            throw Exception("culprit " + std::to_string(comm.rank()));
        });
    } catch (const AgreedError& error) {
        CHECK(error.ranks() == comm.size());
        return {error.what(), error.status()};
    }
    return {};
}

}  // namespace

TEST_CASE("without a failure every rank gets its own result") {
    const Communicator comm(MPI_COMM_WORLD);
    CHECK(agreed(comm, [&] { return comm.rank() + 1; }) == comm.rank() + 1);
    CHECK_NOTHROW(agreed(comm, [] {}));
}

TEST_CASE("the lowest rank that fails speaks for all") {
    const Communicator comm(MPI_COMM_WORLD);
    const int last = comm.size() - 1;
    const Outcome all = outcome<sae::Error>(comm, 0, last);
    CHECK(all.message == "culprit 0");
    CHECK(all.status == 1);
    CHECK(outcome<sae::UsageError>(comm, 0, last).status == 2);
    if (comm.size() == 1) return;

    const std::string of = " of " + std::to_string(comm.size());
    CHECK(outcome<sae::Error>(comm, last, last).message ==
          "rank " + std::to_string(last) + of + ": culprit " + std::to_string(last));
    CHECK(outcome<sae::UsageError>(comm, last, last).status == 2);
    CHECK(outcome<sae::Error>(comm, 1, last).message == "rank 1" + of + ": culprit 1");
}

TEST_CASE("an agreed error can be agreed on again and keeps text and status") {
    const Communicator comm(MPI_COMM_WORLD);
    try {
        agreed(comm, [] { throw AgreedError({3, "once"}, 1); });
        FAIL_CHECK("nothing was thrown");
    } catch (const AgreedError& error) {
        CHECK(std::string(error.what()) == "once");
        CHECK(error.status() == 3);
        CHECK(error.ranks() == comm.size());
    }
}

TEST_CASE("if one rank runs out of memory, the message says so") {
    const Communicator comm(MPI_COMM_WORLD);
    CHECK_THROWS_WITH(agreed(comm, [] { throw std::bad_alloc(); }), ContainsSubstring("out of memory"));
}
