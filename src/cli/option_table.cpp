#include "sae/cli/option_table.hpp"

#include <algorithm>
#include <cassert>
#include <sstream>

#include "sae/cli/ini_file.hpp"
#include "sae/data/readable.hpp"

namespace sae {

OptionTable::OptionTable(std::string program, std::string command, std::string summary)
    : program_(std::move(program)), command_(std::move(command)), summary_(std::move(summary)) {
    const OptionText config{
        "config", "FILE", "read options from an INI file of lines \"option = value\"; the command line wins",
        "none", OptionRole::start};
    const auto is_path = [](std::string_view text) { return Paths::read(text).has_value(); };
    options_.push_back({config, "General", false, Paths::expected(), is_path, {}, config.without});
    options_.push_back(
        {{"help", "", "show this text", {}, OptionRole::start}, "General", true, {}, {}, {}, {}});
}

void OptionTable::group(const std::string& heading) {
    heading_ = heading;
}

void OptionTable::add(Option option) {
    assert(!find(option.text.name));
    option.default_text = option.present().value_or(option.text.without);
    options_.push_back(std::move(option));
}

void OptionTable::require(const std::string& name) {
    required_.push_back(name);
}

void OptionTable::exclude(const std::string& name, const std::vector<std::string>& others) {
    for (const std::string& other : others) exclusions_.emplace_back(name, other);
}

void OptionTable::depend(const std::string& name, const std::string& other) {
    dependencies_.emplace_back(name, other);
}

void OptionTable::example(const std::string& remark, const std::string& line) {
    examples_.emplace_back(remark, line);
}

const OptionTable::Option* OptionTable::find(std::string_view name) const {
    const auto found =
        std::ranges::find(options_, name, [](const Option& o) -> std::string_view { return o.text.name; });
    return found == options_.end() ? nullptr : &*found;
}

std::string OptionTable::to_ini() const {
    std::string text = "# " + program_ + ' ' + command_ + '\n';
    std::string heading;
    for (const Option& option : options_) {
        if (option.text.role == OptionRole::start) continue;
        if (option.heading != heading) text += "\n# " + option.heading + "\n";
        heading = option.heading;
        const std::optional<std::string> value = option.present();
        text += value ? ini_line(option.text.name, *value)
                      : "# " + option.text.name + ": " + option.text.without + "\n";
    }
    return text;
}

OptionTexts OptionTable::present(bool (*wanted)(OptionRole role)) const {
    OptionTexts texts;
    for (const Option& option : options_) {
        if (!wanted(option.text.role)) continue;
        if (const auto value = option.present()) texts.emplace_back(option.text.name, readable(*value));
    }
    return texts;
}

OptionTexts OptionTable::settings() const {
    return present([](OptionRole role) { return role != OptionRole::start; });
}

OptionTexts OptionTable::identity() const {
    return present([](OptionRole role) { return role == OptionRole::model; });
}

std::string OptionTable::values() const {
    std::string text;
    for (const Option& option : options_) {
        if (option.present)
            text += "--" + option.text.name + ": is " + option.present().value_or("not given") + '\n';
    }
    return text;
}

std::string OptionTable::difference(const std::string& other) const {
    std::istringstream these(values()), those(other);
    for (std::string here, there; std::getline(these, here);) {
        std::getline(those, there);
        if (here != there) return here + " here and " + there.substr(there.find(": is ") + 5);
    }
    return {};
}

}  // namespace sae
