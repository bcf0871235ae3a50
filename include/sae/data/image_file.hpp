#pragma once
#include <filesystem>
#include <memory>

#include "sae/data/image_source.hpp"

namespace sae {

/// Opens a file of images, raw or gzip, in one of two formats, which it recognises by the first bytes.
///
/// - IDX, the format of the MNIST database (LeCun, Cortes, Burges, "The MNIST database of handwritten
///   digits"): the magic number 0x00000803 (unsigned bytes, 3 dimensions), images, rows and columns as
///   big-endian 32-bit numbers, then the pixels.
/// - NumPy's .npy ("NPY format", versions 1.0, 2.0 and 3.0): unsigned bytes in C order, `[images,
///   rows, cols]` or `[images, pixels]`. Images of the second shape are square if `pixels` is a square
///   number, else 1 x `pixels`.
///
/// Raw files: opening reads the header and checks the size of the file against it; read() reads its range and
/// nothing else. gzip: opening inflates the header; read() inflates what it needs, in constant memory.
/// Checksum and length are checked when the last image is read.
///
/// This function and read() throw Error with the name of the file, what was found and what was expected, if
/// the file is missing, unreadable, empty, truncated, longer than its header says, corrupt, or of another
/// type, order or shape, or if its dimensions are 0 or multiply to more than 2^63 - 1 bytes. If one line of
/// NumPy can convert the array, the message has that line.
[[nodiscard]] std::unique_ptr<ImageSource> open_image_file(const std::filesystem::path& path);

}  // namespace sae
