#pragma once
#include <string>
#include <string_view>

#include "sae/report/run_report.hpp"
#include "template.hpp"

namespace sae {

/// {name, value} of each.
[[nodiscard]] Json named(const NamedValues& values);

/// What {{>picture.html}} shows, the PNG inside; null if there is no picture.
[[nodiscard]] Json picture(const PngBytes& png, const std::string& alt);

/// What {{>prose.html}} shows: `text`, whose options ("--resume") are kept on one line; null if it is empty.
[[nodiscard]] Json prose(std::string_view text);

/// The tables of what a report was made from and by, those that are not empty.
[[nodiscard]] Json pairs(const std::string& train_data, const std::string& test_data,
                         const NamedValues& settings, const NamedValues& made_by);

/// The whole page with "title" and the object "run" or "sweep" of `data`.
[[nodiscard]] std::string page(Json data);

}  // namespace sae
