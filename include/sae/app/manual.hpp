#pragma once
#include <span>
#include <string>
#include <vector>

#include "sae/app/command.hpp"

namespace sae {

/// A page of the manual, in roff with the man macros (groff_man(7)).
struct ManualPage {
    std::string name;  ///< of its file: "sae-mpi-train.1"
    std::string text;
};

/// A page for the program and one for each command, made from the commands' help. `version` is the
/// program's.
[[nodiscard]] std::vector<ManualPage> manual_pages(std::span<const Command> commands,
                                                   const std::string& version);

/// A script that completes the program's command line in bash (4 or newer): commands, options that are not
/// typed yet, files and directories for options that take them, and the values of an enumeration.
[[nodiscard]] std::string bash_completion(std::span<const Command> commands);

}  // namespace sae
