#include "page.hpp"

#include <openssl/evp.h>

#include <regex>

#include "sae/report/activation_summary.hpp"

namespace sae {

Json maybe(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

Json picture(const PngBytes& png, const std::string& alt) {
    if (png.empty()) return nullptr;
    std::string base64((png.size() + 2) / 3 * 4, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                    reinterpret_cast<const unsigned char*>(png.data()), static_cast<int>(png.size()));
    return {{"alt", alt}, {"base64", base64}};
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
