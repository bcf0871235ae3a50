#pragma once
#include <string_view>

namespace sae {

/// Fills the descriptors 0, 1 and 2 where they are closed. Otherwise the next opened file would get such a
/// number, and printed text would be written into that file. Reads and writes through a filled descriptor
/// fail, as they would if it were closed. Call this before anything is opened.
void fill_standard_descriptors();

/// Writes a text to the standard output. Throws Error, with the reason, if any of it is lost.
void write_output(std::string_view text, int descriptor = 1);

}  // namespace sae
