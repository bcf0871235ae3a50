#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"

namespace sae {

/// A number for all hidden sizes ("0.1") or for one of them only ("50:0.1").
struct TiedNumber {
    std::optional<Index> hidden;  ///< units, >= 1; without: all
    double value = 0;

    friend bool operator==(const TiedNumber&, const TiedNumber&) = default;
};

/// Reads "0.1" or "50:0.1"; `read` reads the value. Nothing if a part is not as it should be.
[[nodiscard]] std::optional<TiedNumber> read_tied_number(
    std::string_view text, const std::function<std::optional<double>(std::string_view)>& read);

/// What read_tied_number() reads back to the same number.
[[nodiscard]] std::string tied_number_text(const TiedNumber& number);

}  // namespace sae
