#include "sae/mpi/guard.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "sae/mpi/agreement.hpp"

namespace sae::mpi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Decides which rank prints when several fail, by messages on a communicator of its own. It ignores errors
/// of MPI: after a failure the library may be broken, and then the rank prints.
class FailureNotices {
  public:
    explicit FailureNotices(const Communicator& world) : comm_(world.handle()) {}

    /// Notifies the other ranks that this one failed; returns whether this one prints the message.
    [[nodiscard]] bool claim() const {
        if (lowest_notice()) return false;
        for (int r = 0; r < comm_.size(); ++r) {
            if (r == comm_.rank()) continue;
            MPI_Request request = MPI_REQUEST_NULL;
            // Empty messages need no buffer; the requests end with the process.
            MPI_Isend(nullptr, 0, MPI_BYTE, r, 0, comm_.handle(), &request);
        }
        const auto deadline = Clock::now() + milliseconds(300);
        while (Clock::now() < deadline) {
            if (const auto rank = lowest_notice(); rank && *rank < comm_.rank()) return false;
            std::this_thread::sleep_for(milliseconds(1));
        }
        // The system may have paused this rank until now.
        const auto rank = lowest_notice();
        return !rank || *rank > comm_.rank();
    }

  private:
    /// The lowest rank whose notice has arrived.
    [[nodiscard]] std::optional<int> lowest_notice() const {
        for (int r = 0; r < comm_.size(); ++r) {
            int arrived = 0;
            MPI_Iprobe(r, 0, comm_.handle(), &arrived, MPI_STATUS_IGNORE);
            if (arrived != 0) return r;
        }
        return std::nullopt;
    }

    Communicator comm_;
};

/// Writes the line at once, so that lines of several processes do not mix.
void print_error(std::string_view program, std::string_view message) {
    std::string line(program);
    line.append(": ").append(message).append("\n");
    std::fflush(nullptr);
    for (std::string_view rest = line; !rest.empty();) {
        const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

[[noreturn]] void end_world(const Environment& environment, const Communicator& world,
                            const FailureNotices& notices, std::string_view program,
                            const ErrorReport& report) {
    if (notices.claim()) {
        print_error(program, "rank " + std::to_string(world.rank()) + " of " + std::to_string(world.size()) +
                                 ": " + report.message);
    } else {
        // The rank that prints ends all ranks, also this one, unless it was killed before.
        std::this_thread::sleep_for(std::chrono::seconds(2));
    }
    if (environment.launch().by_mpirun()) std::_Exit(report.status);
    world.abort(report.status);
}

}  // namespace

int guard(const Environment& environment, const Communicator& world, std::string_view program,
          const std::function<int()>& body) {
    const FailureNotices notices(world);
    ErrorReport report;
    try {
        environment.check_world(world);
        return body();
    } catch (const AgreedError& error) {
        report = report_current_exception();
        if (error.ranks() == world.size()) {
            if (world.is_root()) print_error(program, report.message);
            return report.status;
        }
    } catch (...) {
        report = report_current_exception();
    }
    if (world.size() > 1) end_world(environment, world, notices, program, report);
    // Ranks that do not find each other all come here; the first one of the launcher prints.
    if (environment.launch().rank == 0) print_error(program, report.message);
    return report.status;
}

}  // namespace sae::mpi
