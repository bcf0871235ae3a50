#include "sae/mpi/communicator.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "sae/mpi/failure.hpp"

namespace sae::mpi {
namespace {

MPI_Comm duplicate(MPI_Comm original) {
    MPI_Comm copy = MPI_COMM_NULL;
    check(MPI_Comm_dup(original, &copy), "MPI_Comm_dup");
    return copy;
}

/// Calls visit(first, n) for consecutive runs of n elements that cover `count` elements of `extent` bytes,
/// none longer than `largest` bytes unless it is a single element.
template <class Visit>
void for_each_piece(std::size_t count, std::size_t extent, std::size_t largest, Visit visit) {
    constexpr auto int_max = static_cast<std::size_t>(std::numeric_limits<int>::max());
    const std::size_t step = std::clamp<std::size_t>(largest / extent, 1, int_max);
    for (std::size_t first = 0; first < count; first += step) {
        visit(first, static_cast<int>(std::min(step, count - first)));
    }
}

}  // namespace

Communicator::Communicator(MPI_Comm original, std::size_t largest_message)
    : Communicator(Adopt{}, duplicate(original), largest_message) {}

Communicator::Communicator(Adopt, MPI_Comm handle, std::size_t largest_message)
    : handle_(handle), largest_message_(largest_message) {
    check(MPI_Comm_set_errhandler(handle_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(handle_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(handle_, &size_), "MPI_Comm_size");
}

Communicator::~Communicator() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized == 0) MPI_Comm_free(&handle_);
}

Communicator Communicator::split(int color, int key) const {
    MPI_Comm group = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_, color, key, &group), "MPI_Comm_split");
    return Communicator(Adopt{}, group, largest_message_);
}

void Communicator::abort(int status) const {
    MPI_Abort(handle_, status);
    std::_Exit(status);
}

void Communicator::barrier() const {
    check(MPI_Barrier(handle_), "MPI_Barrier");
}

void Communicator::broadcast_bytes(std::span<std::byte> bytes, int root) const {
    for_each_piece(bytes.size(), 1, largest_message_, [&](std::size_t first, int n) {
        check(MPI_Bcast(bytes.data() + first, n, MPI_BYTE, root, handle_), "MPI_Bcast");
    });
}

void Communicator::broadcast_text(std::string& text, int root) const {
    auto length = static_cast<std::int64_t>(text.size());
    broadcast_value(length, root);
    text.resize(static_cast<std::size_t>(length));
    broadcast(std::span<char>(text), root);
}

void Communicator::all_reduce_sum(std::span<std::int64_t> values) const {
    for_each_piece(values.size(), sizeof(std::int64_t), largest_message_, [&](std::size_t first, int n) {
        check(MPI_Allreduce(MPI_IN_PLACE, values.data() + first, n, MPI_INT64_T, MPI_SUM, handle_),
              "MPI_Allreduce");
    });
}

Request Communicator::start_all_reduce_sum(std::span<std::int64_t> values) const {
    std::vector<MPI_Request> pending;
    for_each_piece(values.size(), sizeof(std::int64_t), largest_message_, [&](std::size_t first, int n) {
        check(MPI_Iallreduce(MPI_IN_PLACE, values.data() + first, n, MPI_INT64_T, MPI_SUM, handle_,
                             &pending.emplace_back()),
              "MPI_Iallreduce");
    });
    return {"MPI_Iallreduce", std::move(pending), {}};
}

std::int64_t Communicator::all_reduce_max(std::int64_t value) const {
    check(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, handle_), "MPI_Allreduce");
    return value;
}

void Communicator::send(std::span<const std::byte> bytes, int destination, int tag) const {
    for_each_piece(bytes.size(), 1, largest_message_, [&](std::size_t first, int n) {
        check(MPI_Send(bytes.data() + first, n, MPI_BYTE, destination, tag, handle_), "MPI_Send");
    });
}

void Communicator::receive(std::span<std::byte> bytes, int source, int tag) const {
    for_each_piece(bytes.size(), 1, largest_message_, [&](std::size_t first, int n) {
        check(MPI_Recv(bytes.data() + first, n, MPI_BYTE, source, tag, handle_, MPI_STATUS_IGNORE),
              "MPI_Recv");
    });
}

Request Communicator::start_send(std::span<const std::byte> bytes, int destination, int tag) const {
    if (bytes.size() > largest_message_)
        throw Error("a message of " + std::to_string(bytes.size()) + " bytes, expected at most " +
                    std::to_string(largest_message_));
    std::vector<MPI_Request> pending(1);
    check(MPI_Issend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, destination, tag, handle_,
                     pending.data()),
          "MPI_Issend");
    return {"MPI_Issend", std::move(pending), {}};
}

std::optional<int> Communicator::waiting_message(int tag) const {
    int there = 0;
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, tag, handle_, &there, &status), "MPI_Iprobe");
    return there != 0 ? std::optional<int>(status.MPI_SOURCE) : std::nullopt;
}

}  // namespace sae::mpi
