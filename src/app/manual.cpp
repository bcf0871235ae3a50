#include "sae/app/manual.hpp"

#include <algorithm>

namespace sae {
namespace {

/// Text that roff sets as it stands: nothing in it is taken for a request, and what is typed can be copied.
std::string roff(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '\\':
                escaped += "\\e";
                break;
            case '-':
                escaped += "\\-";
                break;
            case '"':
                escaped += "\\(dq";
                break;
            case '\'':
                escaped += "\\(aq";
                break;
            case '`':
                escaped += "\\(ga";
                break;
            case '^':
                escaped += "\\(ha";
                break;
            case '~':
                escaped += "\\(ti";
                break;
            default:
                escaped += c;
        }
    }
    // A dot at the start of a line is a request to roff, unless a character of no width stands before it.
    if (escaped.starts_with('.')) escaped.insert(0, "\\&");
    return escaped;
}

/// As running text: line ends are spaces.
std::string paragraph(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return roff(text) + '\n';
}

std::string capitals(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

std::string page_name(const std::string& command) {
    return command.empty() ? "sae-mpi" : "sae-mpi-" + command;
}

std::string heading(const std::string& command, const std::string& version, const std::string& summary) {
    const std::string name = page_name(command);
    return ".TH " + roff(capitals(name)) + " 1 \"\" \"sae\\-mpi " + roff(version) +
           "\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\n" + roff(name) + " \\- " + roff(summary) + '\n';
}

std::string option(const OptionDescription& described) {
    std::string text = ".TP\n.B " + roff("--" + described.name);
    if (!described.value.empty()) text += " \\fI" + roff(described.value) + "\\fR";
    return text + '\n' + paragraph(described.help);
}

std::string options(const CommandDescription& described) {
    std::string text = ".SH OPTIONS\n";
    std::string last;
    for (const OptionDescription& one : described.options) {
        if (one.heading != last) text += ".SS \"" + roff(one.heading) + "\"\n";
        last = one.heading;
        text += option(one);
    }
    return text;
}

std::string example(const std::string& remark, const std::string& lines) {
    std::string text = ".PP\n" + paragraph(remark + ':') + ".PP\n.RS 4\n.nf\n";
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = lines.find('\n', begin);
        std::string_view line = std::string_view(lines).substr(begin, end - begin);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        text += roff(line) + '\n';
    }
    return text + ".fi\n.RE\n";
}

std::string see_also(std::span<const Command> commands, const std::string& own) {
    std::string text = ".SH SEE ALSO\n";
    if (!own.empty()) text += ".BR " + roff(page_name("")) + " (1),\n";
    for (const Command& command : commands) {
        if (command.name != own) text += ".BR " + roff(page_name(command.name)) + " (1),\n";
    }
    return text + ".BR mpirun (1)\n";
}

std::string command_page(std::span<const Command> commands, const Command& command,
                         const std::string& version) {
    const CommandDescription described = command.description();
    std::string text = heading(command.name, version, command.summary);
    text += ".SH SYNOPSIS\n.B sae\\-mpi " + roff(command.name) + "\n[\\fIOPTION\\fR]...\n";
    text += ".SH DESCRIPTION\n" + paragraph(described.summary) + options(described);
    if (!described.examples.empty()) text += ".SH EXAMPLES\n";
    for (const auto& [remark, lines] : described.examples) text += example(remark, lines);
    return text + see_also(commands, command.name);
}

constexpr char description[] = R"roff(.SH SYNOPSIS
.B sae\-mpi
\fICOMMAND\fR [\fIOPTION\fR]...
.br
.B mpirun \-n
\fIRANKS\fR \fBsae\-mpi\fR \fICOMMAND\fR [\fIOPTION\fR]...
.SH DESCRIPTION
Trains sparse autoencoders on images by full\-batch L\-BFGS, on one processor core or, with
.BR mpirun (1)
or
.BR srun (1),
on many: the result is the same, byte for byte.
)roff";

constexpr char general[] = R"roff(.SH OPTIONS
.TP
.B \-\-help
list the commands; after a command: its options, their defaults, and examples
.TP
.B \-\-version
versions and the instruction set in use
.PP
The options of a command may also be in an INI file of lines \(dqoption = value\(dq, which
.B \-\-config
names.
.SH EXIT STATUS
.TP
.B 0
the command has done what it was asked to
.TP
.B 1
it has failed, or a check has; one message on the standard error says why
.TP
.B 2
the command line or an INI file is wrong
.TP
.B 75
it was stopped by SIGUSR2, SIGTERM or SIGHUP; a training has saved itself and
.B \-\-resume
continues it
.TP
.B 130
likewise, by SIGINT (Ctrl\-C)
.PP
To stop a run by a signal to its launcher, send SIGUSR2 to
.BR mpirun (1)
of Open MPI or to
.BR srun (1),
and SIGTERM to the launcher of MPICH. Other signals may kill the ranks before they have saved, and
the launcher then returns a status of its own: that of Open MPI returns 1 after SIGTERM or SIGINT.
.SH ENVIRONMENT
.TP
.B OMP_NUM_THREADS
threads of each rank, where
.B \-\-threads
is not given
)roff";

std::string program_page(std::span<const Command> commands, const std::string& version) {
    std::string text = heading("", version, "sparse autoencoders by L-BFGS over MPI: one model, one hash");
    text += description;
    text += ".SH COMMANDS\n";
    for (const Command& command : commands)
        text += ".TP\n.BR " + roff(page_name(command.name)) + " (1)\n" + paragraph(command.summary);
    text += general;
    text += ".SH EXAMPLES\n";
    for (const Command& command : commands) {
        const CommandDescription described = command.description();
        if (!described.examples.empty())
            text += example(described.examples.front().first, described.examples.front().second);
    }
    return text + see_also(commands, "");
}

}  // namespace

std::vector<ManualPage> manual_pages(std::span<const Command> commands, const std::string& version) {
    std::vector<ManualPage> pages{{page_name("") + ".1", program_page(commands, version)}};
    for (const Command& command : commands)
        pages.push_back({page_name(command.name) + ".1", command_page(commands, command, version)});
    return pages;
}

}  // namespace sae
