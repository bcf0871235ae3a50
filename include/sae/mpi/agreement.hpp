#pragma once
#include <optional>
#include <type_traits>
#include <utility>

#include "sae/core/error.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/error_report.hpp"

namespace sae::mpi {

/// A failure that every rank of a communicator knows of and throws, so that all can end in order. The text is
/// that of the lowest rank that failed, and names it ("rank 2 of 4: ...") unless all failed.
class AgreedError : public Error {
  public:
    AgreedError(const ErrorReport& report, int ranks);

    /// The exit status that the failing rank asked for.
    [[nodiscard]] int status() const { return status_; }
    /// The size of the communicator whose ranks agreed.
    [[nodiscard]] int ranks() const { return ranks_; }

  private:
    int status_;
    int ranks_;
};

/// Collective: each rank passes its own failure, or nothing. Returns if nothing went wrong on any, otherwise
/// throws the same AgreedError on all.
void agree(const Communicator& comm, const std::optional<ErrorReport>& report);

/// Collective: runs `work` on each rank, then agrees on how it went; returns its result if no rank threw.
/// `work` must not communicate: a rank that throws would leave the others waiting. For work that can fail on
/// some or on all ranks: parsing options, opening and reading files, allocating.
template <class Work>
std::invoke_result_t<Work&> agreed(const Communicator& comm, Work&& work) {
    using Result = std::invoke_result_t<Work&>;
    std::optional<ErrorReport> report;
    if constexpr (std::is_void_v<Result>) {
        try {
            work();
        } catch (...) {
            report = report_current_exception();
        }
        agree(comm, report);
    } else {
        std::optional<Result> result;
        try {
            result.emplace(work());
        } catch (...) {
            report = report_current_exception();
        }
        agree(comm, report);
        return std::move(*result);
    }
}

/// Collective: as agreed(), for work of rank 0 alone.
template <class Work>
void agreed_on_root(const Communicator& comm, Work&& work) {
    agreed(comm, [&] {
        if (comm.is_root()) work();
    });
}

}  // namespace sae::mpi
