#include <string>

#include "sae/app/manual.hpp"

namespace sae {
namespace {

constexpr char beginning[] =
    R"bash(# Completion of sae-mpi's command line in bash; made from the program's own tables of options.

_sae_mpi() {
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
    local options='' files=' ' directories=' ' values='' i
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$_sae_mpi_commands --help --version" -- "$word")
        return
    fi
    # Bash makes three words of --option=value.
    if [[ $word == = ]]; then
        word=''
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case ${COMP_WORDS[1]} in
)bash";

constexpr char ending[] = R"bash(        *) return ;;
    esac
    if [[ $files == *" $option "* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    elif [[ $directories == *" $option "* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
    elif [[ " $values" == *" $option="* ]]; then
        values=" $values"
        values=${values#*" $option="}
        values=${values%% *}
        mapfile -t COMPREPLY < <(compgen -W "${values//|/ }" -- "$word")
    elif [[ " $options " == *" $option= "* ]]; then
        return
    else
        options=" ${options//=/} "
        for ((i = 2; i < COMP_CWORD; ++i)); do
            options=${options/" ${COMP_WORDS[i]} "/ }
        done
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    fi
}

complete -F _sae_mpi sae-mpi
)bash";

bool takes_file(const OptionDescription& option) {
    return option.value == "FILE" || option.value == "MODEL";
}

bool takes_one_of_several(const OptionDescription& option) {
    return option.value.find('|') != std::string::npos;
}

/// The names of the options that `wanted` holds of, each with dashes before it and `after` it.
template <class Wanted, class After>
std::string names(const CommandDescription& described, Wanted wanted, After after) {
    std::string text;
    for (const OptionDescription& option : described.options) {
        if (wanted(option)) text += (text.empty() ? "--" : " --") + option.name + after(option);
    }
    return text;
}

/// The branch with a command's options: all, with '=' after those that take a value, and those whose
/// values are files, directories, or one of a few words.
std::string branch(const CommandDescription& described) {
    const auto nothing = [](const OptionDescription&) { return std::string(); };
    const auto any = [](const OptionDescription&) { return true; };
    const auto takes_directory = [](const OptionDescription& option) { return option.value == "DIR"; };
    const std::string line = "'\n            ";
    return "        " + described.command + ")\n            options='" +
           names(described, any, [](const OptionDescription& o) { return o.value.empty() ? "" : "="; }) +
           line + "files=' " + names(described, takes_file, nothing) + ' ' + line + "directories=' " +
           names(described, takes_directory, nothing) + ' ' + line + "values='" +
           names(described, takes_one_of_several, [](const OptionDescription& o) { return '=' + o.value; }) +
           "' ;;\n";
}

}  // namespace

std::string bash_completion(std::span<const Command> commands) {
    std::string text = beginning;
    std::string known;
    for (const Command& command : commands) {
        text += branch(command.description());
        known += (known.empty() ? "" : " ") + command.name;
    }
    const std::string variable = "$_sae_mpi_commands";
    text.replace(text.find(variable), variable.size(), known);
    return text + ending;
}

}  // namespace sae
