#include "page.hpp"

#include <cstdint>
#include <regex>

#include "sae/report/activation_summary.hpp"
#include "words.hpp"

namespace sae {
namespace {

/// The big-endian number at `at`, where a PNG's header (IHDR) has its width (16) and height (20).
std::string big_endian(const PngBytes& png, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 4; ++k) value = value << 8 | std::to_integer<std::uint32_t>(png[at + k]);
    return std::to_string(value);
}

}  // namespace

Json named(const NamedValues& values) {
    Json list = Json::array();
    for (const auto& [name, value] : values) list.push_back({{"name", name}, {"value", value}});
    return list;
}

Json picture(const PngBytes& png, const std::string& alt) {
    if (png.empty()) return nullptr;
    Json data{{"alt", alt}, {"base64", base64(png)}};
    constexpr std::size_t header_end = 24;
    if (png.size() >= header_end)
        data["size"] = {{"width", big_endian(png, 16)}, {"height", big_endian(png, 20)}};
    return data;
}

Json prose(std::string_view text) {
    static const std::regex option("--[a-z][a-z-]*[a-z]");
    Json pieces = Json::array();
    const auto end = std::cregex_iterator();
    std::size_t at = 0;
    for (auto found = std::cregex_iterator(text.begin(), text.end(), option); found != end; ++found) {
        const auto begin = static_cast<std::size_t>(found->position());
        pieces.push_back({{"text", text.substr(at, begin - at)}, {"option", found->str()}});
        at = begin + static_cast<std::size_t>(found->length());
    }
    pieces.push_back({{"text", text.substr(at)}, {"option", ""}});
    return text.empty() ? Json() : Json{{"pieces", pieces}};
}

Json pairs(const std::string& train_data, const std::string& test_data, const NamedValues& settings,
           const NamedValues& made_by) {
    NamedValues images;
    if (!train_data.empty()) images.emplace_back("training", train_data);
    if (!test_data.empty()) images.emplace_back("test", test_data);
    Json tables = Json::array();
    const auto add = [&](const char* caption, const NamedValues& values) {
        if (!values.empty()) tables.push_back({{"caption", caption}, {"rows", named(values)}});
    };
    add("Images", images);
    add("Settings", settings);
    add("Made by", made_by);
    return tables;
}

std::string page(Json data) {
    data["nearly_never_active"] = number(nearly_never_active);
    data["nearly_always_active"] = number(nearly_always_active);
    return expand(templates.at("page.html"), data);
}

}  // namespace sae
