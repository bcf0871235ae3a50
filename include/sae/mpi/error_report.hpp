#pragma once
#include <string>

namespace sae::mpi {

/// The message and status of a rank that failed.
struct ErrorReport {
    /// The exit status of the program: 2 after a UsageError, otherwise 1; an AgreedError keeps its own.
    int status = 1;
    /// For the user, without the program's name and without a line end.
    std::string message;
};

/// The report on the exception that is being handled; to be called in a catch block.
[[nodiscard]] ErrorReport report_current_exception();

}  // namespace sae::mpi
