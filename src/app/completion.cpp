#include "sae/app/manual.hpp"

namespace sae {
namespace {

constexpr char beginning[] =
    R"bash(# Completion of sae-mpi's command line in bash; made from the program's own tables of options.

_sae_mpi() {
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

complete -F _sae_mpi sae-mpi
)bash";

}  // namespace

std::string bash_completion(std::span<const Command> commands) {
    std::string branches, names;
    for (const Command& command : commands) {
        names += command.name + ' ';
        branches += "        " + command.name + ") options='";
        for (const OptionDescription& option : command.description().options)
            branches += " --" + option.name + (option.value.empty() ? "" : '=' + option.value);
        branches += " ' ;;\n";
    }
    return beginning + branches + "    esac\n    local commands='" + names + "'\n" + ending;
}

}  // namespace sae
