#include "sae/data/npy.hpp"

#include <bit>
#include <stdexcept>

namespace sae {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they are in memory");

/// The magic string, the version, the length of the description and the description, padded so that the data
/// begin at a multiple of 64 bytes.
std::string npy_header(Index rows, Index columns) {
    std::string description = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(rows) +
                              ", " + std::to_string(columns) + "), }";
    constexpr std::size_t kPrefix = 10;
    description.resize((kPrefix + description.size() + 1 + 63) / 64 * 64 - kPrefix - 1, ' ');
    description += '\n';
    std::string header = "\x93NUMPY\x01";
    header += '\0';
    header += static_cast<char>(description.size() & 0xff);
    header += static_cast<char>(description.size() >> 8);
    return header + description;
}

}  // namespace

NpyWriter::NpyWriter(const std::string& path, Index rows, Index columns, FileSystem& file_system)
    : file_(path, file_system), missing_(rows * columns) {
    file_.append(npy_header(rows, columns));
}

void NpyWriter::append(std::span<const double> values) {
    if (static_cast<Index>(values.size()) > missing_) {
        throw std::logic_error("more elements than declared: " + file_.path());
    }
    file_.append(std::as_bytes(values));
    missing_ -= static_cast<Index>(values.size());
}

void NpyWriter::commit() {
    if (missing_ != 0) throw std::logic_error("fewer elements than declared: " + file_.path());
    file_.commit();
}

}  // namespace sae
