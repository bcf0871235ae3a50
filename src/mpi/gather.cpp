// The functions of Communicator that move runs of different lengths.
#include <algorithm>
#include <limits>
#include <numeric>

#include "sae/mpi/communicator.hpp"
#include "sae/mpi/failure.hpp"

namespace sae::mpi {
namespace {

int as_count(std::int64_t count, const char* what) {
    if (count < 0 || count > std::numeric_limits<int>::max()) {
        throw Error(
            std::string(what) + " of " + std::to_string(count) +
            " elements cannot be passed to MPI, which counts in int (0 to 2147483647): cut the array");
    }
    return static_cast<int>(count);
}

std::vector<int> as_counts(std::span<const std::int64_t> counts, const char* what) {
    std::vector<int> converted;
    converted.reserve(2 * counts.size());
    for (const std::int64_t count : counts) converted.push_back(as_count(count, what));
    return converted;
}

void expect_equal(std::size_t found, std::int64_t expected, const char* what) {
    if (static_cast<std::int64_t>(found) != expected) {
        throw Error(std::string("MPI, runs of the ranks: ") + what + " is " + std::to_string(found) +
                    ", expected " + std::to_string(expected));
    }
}

/// Counts, then displacements, as ints for MPI. Checks them against the length of the array.
std::vector<int> layout(const Communicator& comm, std::size_t all, std::span<const std::int64_t> counts,
                        std::span<const std::int64_t> displacements) {
    expect_equal(counts.size(), comm.size(), "the number of counts");
    expect_equal(displacements.size(), comm.size(), "the number of displacements");
    std::vector<int> ints = as_counts(counts, "a run");
    for (std::size_t r = 0; r < counts.size(); ++r) {
        ints.push_back(as_count(displacements[r], "a displacement"));
        if (displacements[r] + counts[r] > static_cast<std::int64_t>(all)) {
            throw Error("MPI, runs of the ranks: that of rank " + std::to_string(r) + " ends at " +
                        std::to_string(displacements[r] + counts[r]) + ", beyond the whole of " +
                        std::to_string(all));
        }
    }
    return ints;
}

}  // namespace

void Communicator::all_gather_bytes(std::span<const std::byte> own, std::span<std::byte> all) const {
    const int n = as_count(static_cast<std::int64_t>(own.size()), "a value");
    check(MPI_Allgather(own.data(), n, MPI_BYTE, all.data(), n, MPI_BYTE, handle_), "MPI_Allgather");
}

std::vector<std::string> Communicator::all_gather_text(const std::string& text) const {
    const std::vector<std::int64_t> lengths = all_gather_value(static_cast<std::int64_t>(text.size()));
    std::vector<int> counts = as_counts(lengths, "a text");
    const auto total = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
    std::string joined(static_cast<std::size_t>(as_count(total, "the texts of all ranks")), '\0');
    std::vector<int> displacements(counts.size(), 0);
    std::exclusive_scan(counts.begin(), counts.end(), displacements.begin(), 0);
    check(MPI_Allgatherv(text.data(), counts[static_cast<std::size_t>(rank_)], MPI_CHAR, joined.data(),
                         counts.data(), displacements.data(), MPI_CHAR, handle_),
          "MPI_Allgatherv");
    std::vector<std::string> texts;
    for (std::size_t r = 0; r < counts.size(); ++r) {
        texts.push_back(
            joined.substr(static_cast<std::size_t>(displacements[r]), static_cast<std::size_t>(counts[r])));
    }
    return texts;
}

Request Communicator::start_all_gather(std::span<double> all, std::span<const std::int64_t> counts,
                                       std::span<const std::int64_t> displacements) const {
    std::vector<int> ints = layout(*this, all.size(), counts, displacements);
    MPI_Request pending = MPI_REQUEST_NULL;
    check(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all.data(), ints.data(), ints.data() + size_,
                          MPI_DOUBLE, handle_, &pending),
          "MPI_Iallgatherv");
    return {"MPI_Iallgatherv", {pending}, std::move(ints)};
}

Request Communicator::start_exchange(std::span<const std::int64_t> all, std::span<std::int64_t> received,
                                     std::span<const std::int64_t> counts) const {
    expect_equal(counts.size(), size_, "the number of counts");
    expect_equal(all.size(), std::accumulate(counts.begin(), counts.end(), std::int64_t{0}),
                 "the length of the whole");
    const auto ranks = static_cast<std::size_t>(size_);
    const auto me = static_cast<std::size_t>(rank_);
    expect_equal(received.size(), (size_ - 1) * counts[me], "the length of the received elements");
    static_cast<void>(as_count(static_cast<std::int64_t>(std::max(all.size(), received.size())), "the runs"));
    // Counts to send and their displacements, then counts to receive and their displacements.
    std::vector<int> ints(4 * ranks, 0);
    for (std::size_t r = 0, sent = 0, taken = 0; r < ranks; ++r) {
        ints[ranks + r] = static_cast<int>(sent);
        ints[3 * ranks + r] = static_cast<int>(taken);
        sent += static_cast<std::size_t>(counts[r]);
        if (r == me) continue;
        ints[r] = static_cast<int>(counts[r]);
        ints[2 * ranks + r] = static_cast<int>(counts[me]);
        taken += static_cast<std::size_t>(counts[me]);
    }
    MPI_Request pending = MPI_REQUEST_NULL;
    check(MPI_Ialltoallv(all.data(), ints.data(), ints.data() + size_, MPI_INT64_T, received.data(),
                         ints.data() + 2 * size_, ints.data() + 3 * size_, MPI_INT64_T, handle_, &pending),
          "MPI_Ialltoallv");
    return {"MPI_Ialltoallv", {pending}, std::move(ints)};
}

void Communicator::gather_to_root(std::span<double> all, std::span<const std::int64_t> counts,
                                  std::span<const std::int64_t> displacements) const {
    const std::vector<int> ints = layout(*this, all.size(), counts, displacements);
    const auto me = static_cast<std::size_t>(rank_);
    const void* const own = is_root() ? MPI_IN_PLACE : all.data() + displacements[me];
    check(MPI_Gatherv(own, ints[me], MPI_DOUBLE, all.data(), ints.data(), ints.data() + size_, MPI_DOUBLE, 0,
                      handle_),
          "MPI_Gatherv");
}

void Communicator::scatter_from_root(std::span<double> all, std::span<const std::int64_t> counts,
                                     std::span<const std::int64_t> displacements) const {
    const std::vector<int> ints = layout(*this, all.size(), counts, displacements);
    const auto me = static_cast<std::size_t>(rank_);
    void* const own = is_root() ? MPI_IN_PLACE : all.data() + displacements[me];
    check(MPI_Scatterv(all.data(), ints.data(), ints.data() + size_, MPI_DOUBLE, own, ints[me], MPI_DOUBLE, 0,
                       handle_),
          "MPI_Scatterv");
}

}  // namespace sae::mpi
