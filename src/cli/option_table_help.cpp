#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "sae/cli/option_table.hpp"

namespace sae {
namespace {

constexpr unsigned width = 80;

/// The words of `text` in lines of at most `width` characters.
std::string wrapped(const std::string& text) {
    std::istringstream words(text);
    std::string lines, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            lines += line + '\n';
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return lines + line + '\n';
}

}  // namespace

std::string OptionTable::help_of(const Option& option) const {
    if (option.is_switch) return option.text.help;
    if (std::ranges::find(required_, option.text.name) != required_.end())
        return option.text.help + " (needed)";
    const std::string& without = option.default_text.empty() ? option.text.without : option.default_text;
    return option.text.help + " (default: " + without + ")";
}

CommandDescription OptionTable::description() const {
    std::vector<std::string> headings;
    for (const Option& option : options_) {
        if (std::ranges::find(headings, option.heading) == headings.end()) headings.push_back(option.heading);
    }
    std::rotate(headings.begin(), headings.begin() + 1, headings.end());
    CommandDescription description{program_, command_, summary_, {}, examples_};
    for (const std::string& heading : headings) {
        for (const Option& option : options_) {
            if (option.heading != heading) continue;
            const std::string value = option.is_switch ? "" : option.text.value;
            description.options.push_back({option.text.name, value, help_of(option), heading});
        }
    }
    return description;
}

std::string OptionTable::help() const {
    namespace po = boost::program_options;
    const CommandDescription description = this->description();
    std::ostringstream text;
    text << "Usage: " << program_ << ' ' << command_ << " [OPTION]...\n\n" << wrapped(summary_);
    for (auto next = description.options.begin(); next != description.options.end();) {
        const std::string& heading = next->heading;
        po::options_description group(heading, width, width * 5 / 8);
        for (; next != description.options.end() && next->heading == heading; ++next) {
            if (next->value.empty()) {
                group.add_options()(next->name.c_str(), next->help.c_str());
            } else {
                group.add_options()(next->name.c_str(), po::value<std::string>()->value_name(next->value),
                                    next->help.c_str());
            }
        }
        text << '\n' << group;
    }
    if (!examples_.empty()) text << "\nExamples:\n";
    for (const auto& [remark, line] : examples_) text << "  # " << remark << "\n  " << line << '\n';
    return text.str();
}

}  // namespace sae
