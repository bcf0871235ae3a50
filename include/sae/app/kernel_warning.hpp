#pragma once
#include <string>

#include "sae/mpi/communicator.hpp"

namespace sae {

/// Collective: looks at the kernels in use on every rank, in under 10 ms. Returns what is wrong with those of
/// the lowest rank that complains, and what to do about it; empty if none does.
[[nodiscard]] std::string kernel_warning(const mpi::Communicator& comm);

/// Two warnings, either of which may be empty, as one note.
[[nodiscard]] std::string joined_warnings(const std::string& first, const std::string& second);

}  // namespace sae
