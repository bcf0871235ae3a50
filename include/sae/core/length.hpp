#pragma once
#include <cstddef>

#include "sae/core/shape.hpp"

namespace sae {

/// A count >= 0 as the standard library's containers take it.
[[nodiscard]] constexpr std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

}  // namespace sae
