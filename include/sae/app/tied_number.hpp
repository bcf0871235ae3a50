#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// A number for all hidden sizes ("0.1") or for one of them only ("50:0.1").
struct TiedNumber {
    std::optional<Index> hidden;  ///< units, >= 1; without: all
    double value = 0;

    friend bool operator==(const TiedNumber&, const TiedNumber&) = default;
};

/// Reads "0.1,50:0.2"; `read` reads a value, nothing if it is out of range. Nothing if a part is not as it
/// should be.
[[nodiscard]] std::optional<std::vector<TiedNumber>> read_tied_numbers(
    std::string_view text, const std::function<std::optional<double>(std::string_view)>& read);

/// What read_tied_numbers() reads back to the same numbers.
[[nodiscard]] std::string tied_numbers_text(const std::vector<TiedNumber>& numbers);

}  // namespace sae
