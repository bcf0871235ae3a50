#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// The description of the array in a .npy file, in a Python dictionary such as
/// `{'descr': '|u1', 'fortran_order': False, 'shape': (100, 28, 28), }`.
struct NpyDescription {
    std::string type;  ///< of the elements; "a structured type" where the dictionary has a list of fields
    bool fortran_order = false;
    std::vector<Index> shape;
};

/// Reads such a dictionary; nothing if the text is not one or a dimension is more than 2^63 - 1.
[[nodiscard]] std::optional<NpyDescription> parse_npy_description(std::string_view text);

}  // namespace sae
