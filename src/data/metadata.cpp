#include "sae/data/metadata.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <system_error>
#include <type_traits>

#include "sae/core/error.hpp"

namespace sae {

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

}  // namespace sae
