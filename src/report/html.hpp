#pragma once
#include <string>
#include <string_view>

#include "sae/report/run_report.hpp"

namespace sae::html {

/// Text as it may stand in an element or a quoted attribute.
[[nodiscard]] std::string escape(std::string_view text);

/// Four significant digits, "1.834", "2.5e-6"; "infinite" or "not a number" in words.
[[nodiscard]] std::string number(double value);

/// As number(), or a dash.
[[nodiscard]] std::string number(const std::optional<double>& value);

/// The shortest text that reads back as the same double.
[[nodiscard]] std::string exact(double value);

/// With a comma at every third digit: "10,000".
[[nodiscard]] std::string count(Index value);

/// "1 unit", "2 units".
[[nodiscard]] std::string count(Index value, std::string_view noun);

/// A part of a whole in whole per cent; "under 1 %" and "over 99 %" where rounding would say none or all.
[[nodiscard]] std::string share(Index part, Index all);

/// A time for people: "4.2 s", "3 min 5 s", "2 h 10 min".
[[nodiscard]] std::string duration(double seconds);

/// A relative path as the value of href: whatever could end it or make it something else is percent-encoded.
[[nodiscard]] std::string relative_url(std::string_view path);

/// An img element with the PNG inside.
[[nodiscard]] std::string image(const PngBytes& png, std::string_view alt);

/// A section with a heading, or nothing if `content` is empty.
[[nodiscard]] std::string section(std::string_view heading, const std::string& content);

/// A paragraph of escaped text, or nothing.
[[nodiscard]] std::string paragraph(std::string_view text);

/// A table of two columns, the first being headings of rows.
[[nodiscard]] std::string table_of(std::string_view caption, const NamedValues& values);

/// Key numbers, large, side by side.
[[nodiscard]] std::string key_numbers(const NamedValues& values);

/// The whole page; it forbids itself to load anything (Content-Security-Policy).
[[nodiscard]] std::string page(std::string_view title, const std::string& body);

/// What page() puts into every page: its style, and a script that makes tables of class "sortable" so.
extern const std::string_view style;
extern const std::string_view sorting;

}  // namespace sae::html
