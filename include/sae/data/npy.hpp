#pragma once
#include <span>
#include <string>

#include "sae/core/shape.hpp"
#include "sae/data/atomic_file.hpp"

namespace sae {

/// Writes a rows x columns array of doubles as a .npy file, version 1.0, C order, little-endian (NumPy's
/// "NPY format"), whole or not at all. Rows are appended as they come, so the array may be larger than
/// memory.
class NpyWriter {
  public:
    NpyWriter(const std::string& path, Index rows, Index columns,
              FileSystem& file_system = posix_file_system());

    /// The next elements in C order; more than declared is a std::logic_error.
    void append(std::span<const double> values);
    /// Puts the file in its place; fewer elements than declared is a std::logic_error.
    void commit();

  private:
    AtomicFile file_;
    Index missing_;
};

}  // namespace sae
