#pragma once
#include <string>
#include <vector>

#include "sae/cli/option_table.hpp"

namespace sae {

/// A program with commands, as its manual has it.
struct ProgramDescription {
    std::string name;
    std::string version;
    std::string headline;                      ///< what it is, in a few words
    std::vector<CommandDescription> commands;  ///< in their order in the help
    std::string description;                   ///< in roff: synopsis and description, before the commands
    std::string general;                       ///< in roff: options, exit status, environment, after them
    std::vector<std::string> see_also;         ///< other programs
};

/// A page of the manual, in roff with the man macros (groff_man(7)).
struct ManualPage {
    std::string name;  ///< of its file: "sae-mpi-train.1"
    std::string text;
};

/// A page for the program and one for each command.
[[nodiscard]] std::vector<ManualPage> manual_pages(const ProgramDescription& program);

/// A script that completes the program's command line in bash (4 or newer): commands, options that are not
/// typed yet, and values by their name in the help: files for FILE and MODEL, directories for DIR, one of the
/// words for A|B.
[[nodiscard]] std::string bash_completion(const ProgramDescription& program);

}  // namespace sae
