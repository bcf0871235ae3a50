#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/shape.hpp"
#include "sae/data/metadata.hpp"

namespace sae {

/// The types of numbers that are read and written; safetensors calls them F64, F32, I64 and U8.
enum class Dtype { f64, f32, i64, u8 };

/// Bytes in a number of this type.
[[nodiscard]] Index size_of(Dtype dtype);
[[nodiscard]] std::string name_of(Dtype dtype);

/// An array in a safetensors file, in C order.
struct TensorInfo {
    std::string name;
    Dtype dtype = Dtype::f64;
    std::vector<Index> shape;
    Index begin = 0;  ///< its first byte, counted from the end of the header
    Index end = 0;    ///< one past its last byte

    /// The number of elements.
    [[nodiscard]] Index size() const { return (end - begin) / size_of(dtype); }
};

/// The JSON header of a safetensors file; the tensors are in the order of their bytes.
struct SafetensorsHeader {
    std::vector<TensorInfo> tensors;
    Metadata metadata;
};

/// The longest header that is read, in bytes: enough for 100,000 tensors.
inline constexpr Index kLongestSafetensorsHeader = Index{16} << 20;

/// Reads the JSON `text` of a header of a file with `data_size` bytes of data. Throws Error, with the file
/// `path` and the tensor, for anything that the format forbids: text that is not JSON, keys or names that
/// occur twice, unknown types, shapes that overflow or do not match their bytes, tensors that overlap, leave
/// holes or exceed the data.
[[nodiscard]] SafetensorsHeader parse_safetensors_header(std::string_view text, Index data_size,
                                                         const std::string& path);

/// The JSON of a header, padded with spaces to a multiple of 8 bytes: the metadata by key, then the tensors
/// in their order. Equal headers give equal bytes. Throws Error if a text is not valid UTF-8.
[[nodiscard]] std::string format_safetensors_header(const SafetensorsHeader& header);

/// A shape as in "[3, 4]".
[[nodiscard]] std::string to_text(const std::vector<Index>& shape);

}  // namespace sae
