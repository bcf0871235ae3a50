#pragma once

namespace sae {

/// How numbers are stored in the products of a tile; sums over tiles are exact either way.
enum class Precision { double_precision, single_precision };

}  // namespace sae
