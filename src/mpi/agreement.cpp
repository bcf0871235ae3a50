#include "sae/mpi/agreement.hpp"

#include <array>

namespace sae::mpi {

AgreedError::AgreedError(const ErrorReport& report, int ranks)
    : Error(report.message), status_(report.status), ranks_(ranks) {}

void agree(const Communicator& comm, const std::optional<ErrorReport>& report) {
    const std::int64_t precedence = report ? comm.size() - comm.rank() : 0;
    const std::int64_t highest = comm.all_reduce_max(precedence);
    if (highest == 0) return;

    std::array<std::int64_t, 1> failed{report ? 1 : 0};
    comm.all_reduce_sum(failed);
    const int speaker = comm.size() - static_cast<int>(highest);
    ErrorReport common = report.value_or(ErrorReport{});
    comm.broadcast_value(common.status, speaker);
    comm.broadcast_text(common.message, speaker);
    if (failed[0] < comm.size()) {
        common.message =
            "rank " + std::to_string(speaker) + " of " + std::to_string(comm.size()) + ": " + common.message;
    }
    throw AgreedError(common, comm.size());
}

}  // namespace sae::mpi
