#pragma once
#include <string>

#include "file_contents.hpp"

namespace sae {

/// The header of a file of images.
struct ImageArray {
    const char* format = nullptr;  ///< for the user: "IDX file"
    Index header_size = 0;         ///< in bytes; the pixels follow
    Index count = 0, rows = 0, cols = 0;
    std::string dimensions;  ///< as the header has them: "100 x 28 x 28"
};

/// The header of an IDX file. Throws Error if the contents are not an IDX file of images.
[[nodiscard]] ImageArray read_idx_header(FileContents& contents);

/// Whether the contents begin like a .npy file.
[[nodiscard]] bool is_npy(FileContents& contents);

/// The header of a .npy file. Throws Error if its array does not hold images.
[[nodiscard]] ImageArray read_npy_header(FileContents& contents);

}  // namespace sae
