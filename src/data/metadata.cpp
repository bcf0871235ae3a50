#include "sae/data/metadata.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>
#include <system_error>
#include <type_traits>

#include "sae/core/error.hpp"

namespace sae {
namespace {

/// A name from a file, which may contain anything, for messages.
std::string printable(const std::string& name) {
    const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
    return name.size() <= 40 && std::ranges::all_of(name, plain) ? name : quoted(name);
}

}  // namespace

std::string quoted(const std::string& text) {
    constexpr std::size_t kLongest = 60;
    const std::string escaped =
        nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return escaped.size() <= kLongest ? escaped : escaped.substr(0, kLongest) + "...\"";
}

std::string shortest_decimal(double value) {
    char text[32];
    const std::to_chars_result result = std::to_chars(text, text + sizeof text, value);
    return {text, result.ptr};
}

void put_number(Metadata& metadata, const std::string& key, double value) {
    metadata[key] = shortest_decimal(value);
}

void put_number(Metadata& metadata, const std::string& key, Index value) {
    metadata[key] = std::to_string(value);
}

void put_number(Metadata& metadata, const std::string& key, std::uint64_t value) {
    metadata[key] = std::to_string(value);
}

template <class T>
std::optional<T> find_number(const Metadata& metadata, const std::string& key, const std::string& path) {
    const auto entry = metadata.find(key);
    if (entry == metadata.end()) return std::nullopt;
    const std::string& text = entry->second;
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        const char* expected = std::is_floating_point_v<T> ? "a number"
                               : std::is_signed_v<T>       ? "a whole number"
                                                           : "a whole number that is not negative";
        throw Error("cannot read " + path + ": its metadata has " + key + " = " + quoted(text) +
                    ", expected " + expected);
    }
    return value;
}

template std::optional<double> find_number(const Metadata&, const std::string&, const std::string&);
template std::optional<Index> find_number(const Metadata&, const std::string&, const std::string&);
template std::optional<std::uint64_t> find_number(const Metadata&, const std::string&, const std::string&);

std::string differences(const Metadata& there, const Metadata& here, const std::set<std::string>& ignored) {
    constexpr int most_unknown = 5;
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    for (const auto& [name, value] : here) {
        const auto old = there.find(name);
        if (old != there.end() && old->second == value) continue;
        add(name + " is " + (old == there.end() ? "absent" : quoted(old->second)) + " there and " +
            quoted(value) + " here");
    }
    int unknown = 0;
    for (const auto& [name, value] : there) {
        if (here.contains(name) || ignored.contains(name)) continue;
        if (++unknown <= most_unknown)
            add(printable(name) + " is " + quoted(value) + " there and absent here");
    }
    if (unknown > most_unknown) add("and " + std::to_string(unknown - most_unknown) + " more");
    return text;
}

}  // namespace sae
