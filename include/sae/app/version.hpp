#pragma once
#include <string>

namespace sae {

/// The program's own version: "1.0.0".
[[nodiscard]] std::string program_version();

/// The version of the arithmetic, which decides the bits of a result, and what a bug report needs: the
/// versions of the program, of the compiler and of the libraries, and the instruction set of the matrix
/// kernels. One "name: value" a line. `mpi_library` and `kernels` come from those layers.
[[nodiscard]] std::string version_text(const std::string& mpi_library, const std::string& kernels);

}  // namespace sae
