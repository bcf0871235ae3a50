#include "page.hpp"

#include <cstdint>
#include <regex>

#include "sae/report/activation_summary.hpp"

namespace sae {
namespace {

/// RFC 4648, section 4.
std::string base64(const PngBytes& bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = i; k < i + 3; ++k)
            bits = bits << 8 | (k < bytes.size() ? std::to_integer<std::uint32_t>(bytes[k]) : 0);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k <= bytes.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

}  // namespace

Json maybe(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

Json picture(const PngBytes& png, const std::string& alt) {
    return png.empty() ? Json() : Json{{"alt", alt}, {"base64", base64(png)}};
}

std::string prose(std::string_view text) {
    static const std::regex option("--[a-z][a-z-]*[a-z]");
    return std::regex_replace(escape(text), option, "<span class=\"option\">$&</span>");
}

Json pairs(const std::string& train_data, const std::string& test_data, const NamedValues& settings,
           const NamedValues& made_by) {
    Json tables = Json::array();
    const NamedValues images{{"training", train_data}, {"test", test_data}};
    for (const auto& [caption, values] :
         {std::pair("Images", &images), std::pair("Settings", &settings), std::pair("Made by", &made_by)}) {
        Json rows = Json::array();
        for (const auto& [name, value] : *values)
            if (!value.empty()) rows.push_back({{"name", name}, {"value", value}});
        if (!rows.empty()) tables.push_back({{"caption", caption}, {"rows", rows}});
    }
    return tables;
}

Json cell(const std::string& name, Json value, const std::string& unit) {
    return {
        {"name", name}, {"text", value.is_string()}, {"unit", value.is_null() ? "" : unit}, {"value", value}};
}

Json table(const std::vector<std::vector<Json>>& rows, Json data) {
    data["headings"] = rows.front();
    for (const std::vector<Json>& row : rows)
        data["rows"].push_back({{"first", row.front()}, {"cells", std::vector(row.begin() + 1, row.end())}});
    return data;
}

std::string page(Json data) {
    data["nearly_never_active"] = nearly_never_active;
    data["nearly_always_active"] = nearly_always_active;
    return expand(templates.at("page.html"), data);
}

}  // namespace sae
