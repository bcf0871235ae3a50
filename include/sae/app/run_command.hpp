#pragma once
#include <ostream>
#include <span>
#include <string>

#include "sae/app/command.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// All commands, in the order in which the help lists them.
[[nodiscard]] std::span<const Command> commands();

/// Runs the one of the `known` commands that the first argument names, or answers `--help` and `--version`;
/// `arguments` are those after the program's name, which must be the same on all ranks. Collective. Returns
/// the exit status. Throws AgreedError: with status 2 if there is no such command, with status 1 if anything
/// that rank 0 wrote to `out` was lost.
int run_command(const mpi::Communicator& world, std::span<const Command> known,
                std::span<const std::string> arguments, std::ostream& out);

}  // namespace sae
