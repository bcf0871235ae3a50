#include "sae/app/manual.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace sae {
namespace {

/// Text that roff sets as it is: nothing in it is read as a request, and examples can be copied.
std::string roff(std::string_view text) {
    static const std::map<char, const char*> names{{'\\', "\\e"},   {'-', "\\-"},   {'"', "\\(dq"},
                                                   {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"},
                                                   {'~', "\\(ti"}};
    // A dot at the start of a line is a request, unless a character of no width is in front of it.
    std::string escaped = text.starts_with('.') ? "\\&" : "";
    for (const char c : text) {
        const auto name = names.find(c);
        name == names.end() ? escaped += c : escaped += name->second;
    }
    return escaped;
}

/// As running text: line ends are spaces.
std::string paragraph(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return roff(text) + '\n';
}

std::string page_name(const std::string& command) {
    return command.empty() ? "sae-mpi" : "sae-mpi-" + command;
}

std::string heading(const std::string& command, const std::string& version, const std::string& summary) {
    const std::string name = page_name(command);
    std::string capitals;
    for (const char c : name) capitals += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return ".TH " + roff(capitals) + " 1 \"\" \"sae\\-mpi " + roff(version) +
           "\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\n" + roff(name) + " \\- " + roff(summary) + '\n';
}

std::string options(const CommandDescription& described) {
    std::string text = ".SH OPTIONS\n";
    std::string last;
    for (const OptionDescription& option : described.options) {
        if (option.heading != last) text += ".SS \"" + roff(option.heading) + "\"\n";
        last = option.heading;
        text += ".TP\n.B " + roff("--" + option.name);
        if (!option.value.empty()) text += " \\fI" + roff(option.value) + "\\fR";
        text += '\n' + paragraph(option.help);
    }
    return text;
}

std::string example(const std::string& remark, const std::string& lines) {
    std::string text = ".PP\n" + paragraph(remark + ':') + ".PP\n.RS 4\n.nf\n";
    std::istringstream all(lines);
    for (std::string line; std::getline(all >> std::ws, line);) text += roff(line) + '\n';
    return text + ".fi\n.RE\n";
}

std::string see_also(std::span<const Command> commands, const std::string& own) {
    std::string text = ".SH SEE ALSO\n";
    std::vector<std::string> others{""};
    for (const Command& command : commands) others.push_back(command.name);
    for (const std::string& other : others)
        if (other != own) text += ".BR " + roff(page_name(other)) + " (1),\n";
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

constexpr char synopsis[] = R"roff(.SH SYNOPSIS
\fBsae\-mpi\fR \fICOMMAND\fR [\fIOPTION\fR]...
.br
\fBmpirun \-n\fR \fIRANKS\fR \fBsae\-mpi\fR \fICOMMAND\fR [\fIOPTION\fR]...
.SH DESCRIPTION
Trains sparse autoencoders on images by full\-batch L\-BFGS, on one processor core or, with \fBmpirun\fR(1) or
\fBsrun\fR(1), on many: the result is the same, byte for byte.
.SH COMMANDS
)roff";

constexpr char general[] = R"roff(.SH OPTIONS
.TP
.B \-\-help
list the commands; after a command: its options, their defaults, and examples
.TP
.B \-\-version
versions and the instruction set in use
.PP
The options of a command may also be in an INI file of lines \(dqoption = value\(dq, which \fB\-\-config\fR names.
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
it was stopped by SIGUSR2, SIGTERM or SIGHUP; a training has saved itself and \fB\-\-resume\fR continues it
.TP
.B 130
likewise, by SIGINT (Ctrl\-C)
.PP
To stop a run by a signal to its launcher, send SIGUSR2 to \fBmpirun\fR(1) of Open MPI or to \fBsrun\fR(1), and
SIGTERM to the launcher of MPICH. Other signals may kill the ranks before they have saved, and the launcher then
returns a status of its own: that of Open MPI returns 1 after SIGTERM or SIGINT.
.SH ENVIRONMENT
.TP
.B OMP_NUM_THREADS
threads of each rank, where \fB\-\-threads\fR is not given
.SH EXAMPLES
)roff";

std::string program_page(std::span<const Command> commands, const std::string& version) {
    std::string text = heading("", version, "sparse autoencoders by L-BFGS over MPI: one model, one hash");
    text += synopsis;
    std::string examples;
    for (const Command& command : commands) {
        text += ".TP\n.BR " + roff(page_name(command.name)) + " (1)\n" + paragraph(command.summary);
        const auto of_command = command.description().examples;
        if (!of_command.empty()) examples += example(of_command.front().first, of_command.front().second);
    }
    return text + general + examples + see_also(commands, "");
}

}  // namespace

std::vector<ManualPage> manual_pages(std::span<const Command> commands, const std::string& version) {
    std::vector<ManualPage> pages{{page_name("") + ".1", program_page(commands, version)}};
    for (const Command& command : commands)
        pages.push_back({page_name(command.name) + ".1", command_page(commands, command, version)});
    return pages;
}

}  // namespace sae
