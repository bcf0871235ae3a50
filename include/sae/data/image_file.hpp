#pragma once
#include <filesystem>
#include <memory>

#include "sae/data/image_source.hpp"

namespace sae {

/// Opens a file of images, raw or gzip, in one of two formats. The first bytes decide, not the name.
///
/// - IDX, the format of the MNIST database (LeCun, Cortes, Burges, "The MNIST database of handwritten
///   digits"): the magic number 0x00000803 (unsigned bytes, 3 dimensions), images, rows and columns as
///   big-endian 32-bit numbers, then the pixels.
/// - NumPy's .npy ("NPY format", versions 1.0, 2.0 and 3.0): unsigned bytes in C order, `[images,
///   rows, cols]` or `[images, pixels]`. Images of the second shape are square if `pixels` is a square
///   number, else 1 x `pixels`.
///
/// Raw: opening reads the header and the size of the file, which must be what the header says; read() reads
/// its own range and nothing else. gzip: opening inflates the header; the rest is inflated as far as read()
/// needs, in constant memory. Check sum and length are checked when the last image is read.
///
/// Throws Error, from here or from read(), that names the file, what was found and what was expected: it is
/// missing, unreadable, empty, of another type, order or shape, truncated, longer than its header says, or
/// corrupt, or its dimensions are 0 or multiply to more than 2^63 - 1 bytes. Where one line of NumPy converts
/// the array, the message has that line.
[[nodiscard]] std::unique_ptr<ImageSource> open_image_file(const std::filesystem::path& path);

}  // namespace sae
