#pragma once
#include <string_view>

namespace sae {

/// The type of the numbers in the products of a tile. Sums over tiles are exact with both.
enum class Precision { double_precision, single_precision };

/// "double" or "single", as in options and files.
[[nodiscard]] constexpr std::string_view name(Precision precision) {
    return precision == Precision::double_precision ? "double" : "single";
}

}  // namespace sae
