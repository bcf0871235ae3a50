#pragma once
#include <string_view>

namespace sae {

/// How numbers are stored in the products of a tile; sums over tiles are exact either way.
enum class Precision { double_precision, single_precision };

/// Its name wherever it is written: "double" or "single".
[[nodiscard]] constexpr std::string_view name(Precision precision) {
    return precision == Precision::double_precision ? "double" : "single";
}

}  // namespace sae
