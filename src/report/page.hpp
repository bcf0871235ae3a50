#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sae/report/run_report.hpp"
#include "template.hpp"

namespace sae {

/// The value, or null.
[[nodiscard]] Json maybe(const std::optional<double>& value);

/// What {{>picture.html}} shows, the PNG inside; null if there is no picture.
[[nodiscard]] Json picture(const PngBytes& png, const std::string& alt);

/// HTML of a text whose options ("--resume") are kept on one line.
[[nodiscard]] std::string prose(std::string_view text);

/// The tables of what a report was made from and by, those that are not empty.
[[nodiscard]] Json pairs(const std::string& train_data, const std::string& test_data,
                         const NamedValues& settings, const NamedValues& made_by);

/// A cell of table(): `name` is the heading of its column; `unit` follows a number.
[[nodiscard]] Json cell(const std::string& name, Json value, const std::string& unit = "");

/// What {{>table.html}} shows of rows of cells, all with the same headings, with what else `data` says of it.
[[nodiscard]] Json table(const std::vector<std::vector<Json>>& rows, Json data);

/// The whole page with "title" and the object "run" or "sweep" of `data`.
[[nodiscard]] std::string page(Json data);

}  // namespace sae
