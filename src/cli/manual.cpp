#include "sae/cli/manual.hpp"

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

std::string page_name(const ProgramDescription& program, const std::string& command) {
    return command.empty() ? program.name : program.name + '-' + command;
}

std::string heading(const ProgramDescription& program, const std::string& command,
                    const std::string& headline) {
    const std::string name = page_name(program, command);
    std::string capitals;
    for (const char c : name) capitals += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return ".TH " + roff(capitals) + " 1 \"\" \"" + roff(program.name + ' ' + program.version) +
           "\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\n" + roff(name) + " \\- " + roff(headline) + '\n';
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

std::string see_also(const ProgramDescription& program, const std::string& own) {
    std::vector<std::string> pages;
    if (!own.empty()) pages.push_back(program.name);
    for (const CommandDescription& other : program.commands)
        if (other.command != own) pages.push_back(page_name(program, other.command));
    pages.insert(pages.end(), program.see_also.begin(), program.see_also.end());
    std::string text = ".SH SEE ALSO\n";
    for (const std::string& page : pages)
        text += ".BR " + roff(page) + (page == pages.back() ? " (1)\n" : " (1),\n");
    return text;
}

std::string program_page(const ProgramDescription& program) {
    std::string text = heading(program, "", program.headline) + program.description + ".SH COMMANDS\n";
    for (const CommandDescription& command : program.commands)
        text += ".TP\n.BR " + roff(page_name(program, command.command)) + " (1)\n" +
                paragraph(command.headline());
    text += program.general + ".SH EXAMPLES\n";
    for (const CommandDescription& command : program.commands)
        if (!command.examples.empty())
            text += example(command.examples.front().first, command.examples.front().second);
    return text + see_also(program, "");
}

std::string command_page(const ProgramDescription& program, const CommandDescription& command) {
    std::string text = heading(program, command.command, command.headline());
    text += ".SH SYNOPSIS\n.B " + roff(program.name + ' ' + command.command) + "\n[\\fIOPTION\\fR]...\n";
    text += ".SH DESCRIPTION\n" + paragraph(command.summary) + options(command);
    if (!command.examples.empty()) text += ".SH EXAMPLES\n";
    for (const auto& [remark, lines] : command.examples) text += example(remark, lines);
    return text + see_also(program, command.command);
}

}  // namespace

std::vector<ManualPage> manual_pages(const ProgramDescription& program) {
    std::vector<ManualPage> pages{{page_name(program, "") + ".1", program_page(program)}};
    for (const CommandDescription& command : program.commands)
        pages.push_back({page_name(program, command.command) + ".1", command_page(program, command)});
    return pages;
}

}  // namespace sae
