#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

// The values that an option may have, a type for each kind. A program may add kinds. The members of a kind:
//   expected()   the values in words that complete "expected ..."
//   read(text)   the whole of `text` as a value, or nothing
//   text(value)  what read() reads back to the same value

/// Whole numbers, both ends included.
struct WholeNumbers {
    Index low = 1;
    Index high = std::numeric_limits<Index>::max();

    [[nodiscard]] std::string expected() const;
    [[nodiscard]] std::optional<Index> read(std::string_view text) const;
    [[nodiscard]] static std::string text(Index value) { return std::to_string(value); }
};

/// Finite numbers from low to high, the ends themselves left out if `open`.
struct RealNumbers {
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    bool open = false;

    [[nodiscard]] std::string expected() const;
    [[nodiscard]] std::optional<double> read(std::string_view text) const;
    [[nodiscard]] static std::string text(double value);
};

/// Seeds of random numbers.
struct Seeds {
    [[nodiscard]] static std::string expected() { return "a whole number from 0 to 18446744073709551615"; }
    [[nodiscard]] static std::optional<std::uint64_t> read(std::string_view text);
    [[nodiscard]] static std::string text(std::uint64_t value) { return std::to_string(value); }
};

/// Paths; an INI file could not hold a control character.
struct Paths {
    [[nodiscard]] static std::string expected() { return "a path, not empty and without control characters"; }
    [[nodiscard]] static std::optional<std::string> read(std::string_view text);
    [[nodiscard]] static std::string text(const std::string& value) { return value; }
};

/// A switch: `--name` on the command line, `name = true` or `false` in an INI file.
struct Switch {
    [[nodiscard]] static std::string expected() { return "true or false"; }
    [[nodiscard]] static std::optional<bool> read(std::string_view text);
    [[nodiscard]] static std::string text(bool value) { return value ? "true" : "false"; }
};

/// Lists with commas, "A,B,C".
template <class Values>
struct ListOf {
    Values values;
    using List = std::vector<typename decltype(Values{}.read({}))::value_type>;

    [[nodiscard]] std::string expected() const { return "a list with commas, each " + values.expected(); }
    [[nodiscard]] std::optional<List> read(std::string_view text) const {
        List list;
        for (;;) {
            const std::size_t comma = text.find(',');
            auto part = values.read(text.substr(0, comma));
            if (!part) return std::nullopt;
            list.push_back(*part);
            if (comma == std::string_view::npos) return list;
            text.remove_prefix(comma + 1);
        }
    }
    [[nodiscard]] static std::string text(const List& list) {
        std::string parts;
        for (const auto& part : list) parts += (parts.empty() ? "" : ",") + Values::text(part);
        return parts;
    }
};
template <class Values>
ListOf(Values) -> ListOf<Values>;

}  // namespace sae
