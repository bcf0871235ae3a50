#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sae/data/atomic_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/safetensors_header.hpp"
#include "sae/data/sha256.hpp"

namespace sae {

/// A tensor to be written; its shape is in C order.
struct TensorSpec {
    std::string name;
    Dtype dtype = Dtype::f64;
    std::vector<Index> shape;
};

/// Writes a safetensors file (8 bytes of header length, JSON header, data; all little-endian) through an
/// AtomicFile. All tensors are declared first; then their elements are appended in that order, in pieces of
/// any length, so a file may be larger than memory. The bytes depend only on what is declared and appended.
/// Wrong use (another type, too many or too few elements) throws std::logic_error.
class SafetensorsWriter {
  public:
    SafetensorsWriter(const std::string& path, const std::vector<TensorSpec>& tensors,
                      const Metadata& metadata, FileSystem& file_system = posix_file_system());

    void append(std::span<const double> values);
    void append(std::span<const float> values);
    void append(std::span<const std::int64_t> values);
    void append(std::span<const std::uint8_t> values);
    /// Puts the file in its place once every declared element is there.
    void commit();

    /// SHA-256 of all the bytes of the file so far, header included.
    [[nodiscard]] Sha256Digest digest() const { return hash_.digest(); }

  private:
    void append(Dtype dtype, std::span<const std::byte> bytes);
    void write(std::span<const std::byte> bytes);

    AtomicFile file_;
    Sha256 hash_;
    std::vector<TensorInfo> tensors_;
    std::size_t current_ = 0;
    Index written_ = 0;
};

/// Reads a safetensors file. The constructor reads the header and checks all of it before it allocates
/// anything of a size that the header gives; elements are read on request, by position, into the caller's
/// memory. Threads may share a reader. Errors name file and tensor.
class SafetensorsReader {
  public:
    explicit SafetensorsReader(const std::string& path);

    [[nodiscard]] const std::string& path() const { return file_.path(); }
    [[nodiscard]] const InputFile& file() const { return file_; }
    [[nodiscard]] const Metadata& metadata() const { return header_.metadata; }
    /// In the order of their bytes in the file.
    [[nodiscard]] const std::vector<TensorInfo>& tensors() const { return header_.tensors; }
    /// The tensor of this name, or nullptr.
    [[nodiscard]] const TensorInfo* find(const std::string& name) const;
    /// The tensor of this name. Throws Error, with a list of the tensors, if there is none.
    [[nodiscard]] const TensorInfo& tensor(const std::string& name) const;
    /// The same; throws Error also if it has another shape.
    [[nodiscard]] const TensorInfo& tensor(const std::string& name, const std::vector<Index>& shape) const;

    /// Reads elements first, ..., first + out.size() - 1 in C order. F32 is widened.
    void read(const TensorInfo& tensor, std::span<double> out, Index first = 0) const;
    void read(const TensorInfo& tensor, std::span<std::int64_t> out, Index first = 0) const;
    void read(const TensorInfo& tensor, std::span<std::uint8_t> out, Index first = 0) const;

  private:
    void read_bytes(const TensorInfo& tensor, Dtype dtype, Index first, std::span<std::byte> out) const;
    void read_widened(const TensorInfo& tensor, std::span<double> out, Index first) const;

    InputFile file_;
    SafetensorsHeader header_;
    Index data_begin_ = 0;
};

}  // namespace sae
