#include <algorithm>

#include "sae/cli/manual.hpp"

namespace sae {
namespace {

constexpr char beginning[] = R"bash(() {
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
    local options='' names='' before value one
    COMPREPLY=()
    # Bash makes three words of --option=value.
    if [[ $word == = ]]; then
        word=''
    elif [[ $option == = ]]; then
        option=${COMP_WORDS[COMP_CWORD-2]}
    fi
    # The options of each command with the names of their values.
    case ${COMP_WORDS[1]} in
)bash";

constexpr char ending[] = R"bash(    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word")
    elif [[ $options == *" $option="* ]]; then
        value=${options#*" $option="}
        value=${value%% *}
        case $value in
            FILE | MODEL)
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                ;;
            DIR)
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -d -- "$word")
                ;;
            *'|'*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$word") ;;
        esac
    else
        before=" ${COMP_WORDS[*]:2:COMP_CWORD-2} "
        for one in $options; do
            [[ $before == *" ${one%%=*} "* ]] || names+=" ${one%%=*}"
        done
        mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
    fi
}

)bash";

}  // namespace

std::string bash_completion(const ProgramDescription& program) {
    std::string branches, names;
    for (const CommandDescription& command : program.commands) {
        names += command.command + ' ';
        branches += "        " + command.command + ") options='";
        for (const OptionDescription& option : command.options)
            branches += " --" + option.name + (option.value.empty() ? "" : '=' + option.value);
        branches += " ' ;;\n";
    }
    std::string function = '_' + program.name;
    std::ranges::replace(function, '-', '_');
    return "# Completion of " + program.name +
           "'s command line in bash; made from the program's own tables of options.\n\n" + function +
           beginning + branches + "    esac\n    local commands='" + names + "'\n" + ending + "complete -F " +
           function + ' ' + program.name + '\n';
}

}  // namespace sae
