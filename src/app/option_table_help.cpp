#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "sae/app/option_table.hpp"

namespace sae {

std::string OptionTable::help_of(const Option& option) const {
    if (option.is_switch) return option.text.help;
    if (std::ranges::find(required_, option.text.name) != required_.end())
        return option.text.help + " (needed)";
    const std::string& without = option.default_text.empty() ? option.text.without : option.default_text;
    return option.text.help + " (default: " + without + ")";
}

std::string OptionTable::help() const {
    namespace po = boost::program_options;
    constexpr unsigned width = 80;
    std::ostringstream text;
    text << "Usage: sae-mpi " << command_ << " [OPTION]...\n\n" << summary_ << '\n';
    const auto print = [&](const std::string& heading) {
        po::options_description group(heading, width, width * 5 / 8);
        for (const Option& option : options_) {
            if (option.heading != heading) continue;
            const std::string help = help_of(option);
            const char* name = option.text.name.c_str();
            if (option.is_switch) {
                group.add_options()(name, help.c_str());
            } else {
                group.add_options()(name, po::value<std::string>()->value_name(option.text.value),
                                    help.c_str());
            }
        }
        text << '\n' << group;
    };
    std::vector<std::string> headings;
    for (const Option& option : options_) {
        if (std::ranges::find(headings, option.heading) == headings.end()) headings.push_back(option.heading);
    }
    std::rotate(headings.begin(), headings.begin() + 1, headings.end());
    for (const std::string& heading : headings) print(heading);
    if (!examples_.empty()) text << "\nExamples:\n";
    for (const auto& [remark, line] : examples_) text << "  # " << remark << "\n  " << line << '\n';
    return text.str();
}

}  // namespace sae
