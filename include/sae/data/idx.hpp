#pragma once
#include <filesystem>
#include <memory>

#include "sae/data/image_source.hpp"

namespace sae {

/// Opens a file of images in the IDX format of the MNIST database (LeCun, Cortes, Burges,
/// "The MNIST database of handwritten digits"): the magic number 0x00000803 (unsigned bytes, 3 dimensions),
/// images, rows and columns as big-endian 32-bit numbers, then the pixels. Raw or gzip, which the first
/// bytes tell, not the name.
///
/// - Raw: opening reads 16 bytes and the size of the file, which must be what the header says; read() reads
///   its own range and nothing else.
/// - gzip: opening inflates the header; the rest is inflated as far as read() asks, in constant memory. Check
///   sum and length are checked when the last image is read.
///
/// Throws Error, from here or from read(), that names the file, what was found and what was expected: it is
/// missing, unreadable, empty, of another type, truncated, longer than its header says, or corrupt, or its
/// dimensions are 0 or multiply to more than 2^63 - 1 bytes.
[[nodiscard]] std::unique_ptr<ImageSource> open_idx(const std::filesystem::path& path);

}  // namespace sae
