#pragma once
#include <string>

namespace sae {

/// The program's own version: "2.0.0".
[[nodiscard]] std::string program_version();

/// The version of the arithmetic, which determines the bits of a result, and the facts for a bug report: the
/// versions of the program, of the compiler and of the libraries, and the instruction set of the matrix
/// kernels. One "name: value" a line. `mpi_library` and `kernels` are texts of those layers.
[[nodiscard]] std::string version_text(const std::string& mpi_library, const std::string& kernels);

}  // namespace sae
