#include "sae/app/thread_count.hpp"

#include <numeric>

#include "catch.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

namespace {

/// Processors [first, first + count) of a host without hardware threads.
mpi::Place place(const std::string& host, std::size_t first, std::size_t count) {
    std::vector<std::size_t> processors(count);
    std::iota(processors.begin(), processors.end(), first);
    return mpi::make_place(host, processors, [](std::size_t processor) { return processor; });
}

}  // namespace

TEST_CASE("a thread for each core that a rank has to itself") {
    const ThreadCount found =
        threads_for(mpi::least_share(std::vector{place("a", 0, 8), place("b", 0, 6)}), {});
    CHECK(found.threads == 6);
    CHECK(found.warning.empty());
}

TEST_CASE("a warning of too many threads or ranks says what to write instead") {
    const std::vector<mpi::Place> two(2, place("node7", 0, 4));
    const auto fine = threads_for(mpi::least_share(two), 2);
    CHECK(fine.threads == 2);
    CHECK(fine.warning.empty());
    const auto many = threads_for(mpi::least_share(two), 4);
    CHECK(many.threads == 4);
    for (const char* part : {"4 threads a rank", "2 cores", "node7", "--threads 2", "--map-by slot:PE=4"})
        CHECK_THAT(many.warning, ContainsSubstring(part));
    const auto crowded = threads_for(mpi::least_share(std::vector<mpi::Place>(6, place("node7", 0, 4))), {});
    CHECK(crowded.threads == 1);
    for (const char* part : {"6 ranks", "4 cores", "node7", "mpirun -n 4"})
        CHECK_THAT(crowded.warning, ContainsSubstring(part));
}

TEST_CASE("a system that does not say what it has gets one thread and no warning") {
    const auto count = threads_for(mpi::least_share(std::vector{mpi::Place{}}), {});
    CHECK(count.threads == 1);
    CHECK(count.warning.empty());
}
