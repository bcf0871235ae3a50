#pragma once
#include <span>
#include <string>

#include "sae/core/shape.hpp"
#include "sae/data/atomic_file.hpp"

namespace sae {

/// Writes a rows x columns array of doubles as a .npy file (NumPy's "NPY format", version 1.0, C order,
/// little-endian), whole or not at all. Rows are appended in pieces, so the array may be larger than memory.
class NpyWriter {
  public:
    NpyWriter(const std::string& path, Index rows, Index columns,
              FileSystem& file_system = posix_file_system());

    /// Appends the next elements in C order. Throws std::logic_error if there are more than declared.
    void append(std::span<const double> values);
    /// Puts the file in its place. Throws std::logic_error if there are fewer elements than declared.
    void commit();

  private:
    AtomicFile file_;
    Index missing_;
};

}  // namespace sae
