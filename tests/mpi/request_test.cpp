#include "sae/mpi/request.hpp"

#include <array>
#include <chrono>

#include "catch.hpp"
#include "sae/mpi/communicator.hpp"

using sae::mpi::Communicator;
using sae::mpi::Request;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a request that holds nothing is complete") {
    Request request;
    CHECK(request.test());
    CHECK_NOTHROW(request.wait());
}

TEST_CASE("a request completes when the last rank joins in, and not before") {
    const Communicator comm(MPI_COMM_WORLD);
    const Communicator signal(MPI_COMM_WORLD);
    std::array<std::int64_t, 1> sum{1};
    bool early = false;
    Request request;
    if (!comm.is_root()) {
        request = comm.start_all_reduce_sum(sum);
        early = request.test();
    }
    signal.barrier();
    if (comm.is_root()) request = comm.start_all_reduce_sum(sum);
    while (!request.test()) {
    }
    CHECK_FALSE(early);
    CHECK(sum[0] == comm.size());
}

TEST_CASE("a moved request carries the operation along; assigning finishes the one before") {
    const Communicator comm(MPI_COMM_WORLD);
    std::array<std::int64_t, 1> first{1};
    std::array<std::int64_t, 1> second{2};
    Request request = comm.start_all_reduce_sum(first);
    request = comm.start_all_reduce_sum(second);
    CHECK(first[0] == comm.size());
    Request moved(std::move(request));
    moved.wait();
    CHECK(second[0] == 2 * comm.size());
}

TEST_CASE("the destructor waits for the operation") {
    const Communicator comm(MPI_COMM_WORLD);
    std::array<std::int64_t, 1> sum{1};
    { const Request request = comm.start_all_reduce_sum(sum); }
    CHECK(sum[0] == comm.size());
}

TEST_CASE("an exception does not wait for ever for a peer that never joins in") {
    const Communicator comm(MPI_COMM_WORLD);
    std::array<std::int64_t, 1> sum{1};
    const auto start = std::chrono::steady_clock::now();
    if (!comm.is_root()) {
        try {
            const Request request = comm.start_all_reduce_sum(sum);
            throw std::runtime_error("a failure while the collective runs");
        } catch (const std::runtime_error&) {
            CHECK(seconds_since(start) < 10);  // half a second, where the machine has time
        }
    }
    const Communicator after(MPI_COMM_WORLD);
    after.barrier();
    if (comm.is_root()) CHECK_NOTHROW(comm.start_all_reduce_sum(sum).wait());
    after.barrier();
}
