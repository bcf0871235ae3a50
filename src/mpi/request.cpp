#include "sae/mpi/request.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include "sae/mpi/failure.hpp"

namespace sae::mpi {

Request::Request(std::string call, std::vector<MPI_Request> pending, std::vector<int> counts)
    : call_(std::move(call)),
      pending_(std::move(pending)),
      counts_(std::move(counts)),
      exceptions_at_start_(std::uncaught_exceptions()) {}

Request::Request(Request&& other) noexcept
    : call_(std::move(other.call_)),
      pending_(std::exchange(other.pending_, {})),
      counts_(std::move(other.counts_)),
      exceptions_at_start_(other.exceptions_at_start_) {}

Request& Request::operator=(Request&& other) noexcept {
    if (this == &other) return *this;
    finish();
    call_ = std::move(other.call_);
    pending_ = std::exchange(other.pending_, {});
    counts_ = std::move(other.counts_);
    exceptions_at_start_ = other.exceptions_at_start_;
    return *this;
}

Request::~Request() {
    finish();
}

bool Request::test() {
    while (!pending_.empty()) {
        int complete = 0;
        check(MPI_Test(&pending_.back(), &complete, MPI_STATUS_IGNORE), call_);
        if (complete == 0) return false;
        pending_.pop_back();
    }
    return true;
}

void Request::wait() {
    while (!pending_.empty()) {
        check(MPI_Wait(&pending_.back(), MPI_STATUS_IGNORE), call_);
        pending_.pop_back();
    }
}

void Request::finish() noexcept {
    using Clock = std::chrono::steady_clock;
    try {
        if (std::uncaught_exceptions() <= exceptions_at_start_) return wait();
        const auto deadline = Clock::now() + std::chrono::milliseconds(500);
        while (!test() && Clock::now() < deadline) {
        }
    } catch (const Failure&) {
        // A destructor cannot report the failure, but the next call of MPI will fail too.
    }
    pending_.clear();
}

}  // namespace sae::mpi
