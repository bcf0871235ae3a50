#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sae/app/command.hpp"
#include "sae/cli/manual.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// All commands, in the order in which the help lists them.
[[nodiscard]] std::span<const Command> commands();

/// The program with these commands, for the manual and the completion.
[[nodiscard]] ProgramDescription program_description();

/// Takes what a command prints.
using Print = std::function<void(std::string_view)>;

/// Runs the one of the `known` commands that the first argument names, or answers `--help` and `--version`;
/// `arguments` are those after the program's name, which must be the same on all ranks. Collective. Returns
/// the exit status. At the end, also after an AgreedError, rank 0 calls `print` with all output. Throws
/// AgreedError: with status 2 if there is no such command, with status 1 if `print` throws Error.
int run_command(const mpi::Communicator& world, std::span<const Command> known,
                std::span<const std::string> arguments, const Print& print);

}  // namespace sae
