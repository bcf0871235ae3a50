#include <algorithm>
#include <bit>
#include <cstring>

#include "sae/core/error.hpp"
#include "sae/data/safetensors.hpp"

namespace sae {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are read as they are in memory");

constexpr Index kLengthBytes = 8;

/// The header's length, checked against the file and the limit before anything is allocated.
Index read_header_length(const InputFile& file) {
    const std::string invalid = "cannot read " + file.path() + ": not a valid safetensors file: ";
    if (file.size() < kLengthBytes) {
        throw Error(invalid + "it has " + std::to_string(file.size()) +
                    " bytes, expected a header length of 8");
    }
    std::uint64_t length = 0;
    file.read_at(0, std::as_writable_bytes(std::span(&length, 1)));
    if (length > static_cast<std::uint64_t>(file.size() - kLengthBytes)) {
        throw Error(invalid + "its header has " + std::to_string(length) +
                    " bytes by its length field, but only " + std::to_string(file.size() - kLengthBytes) +
                    " follow");
    }
    if (length < 2 || length > static_cast<std::uint64_t>(kLongestSafetensorsHeader)) {
        throw Error(invalid + "its header has " + std::to_string(length) +
                    " bytes by its length field, expected 2 to " + std::to_string(kLongestSafetensorsHeader));
    }
    return static_cast<Index>(length);
}

}  // namespace

SafetensorsReader::SafetensorsReader(const std::string& path) : file_(path) {
    const Index length = read_header_length(file_);
    std::string text(static_cast<std::size_t>(length), ' ');
    file_.read_at(kLengthBytes, std::as_writable_bytes(std::span(text)));
    data_begin_ = kLengthBytes + length;
    header_ = parse_safetensors_header(text, file_.size() - data_begin_, path);
}

const TensorInfo* SafetensorsReader::find(const std::string& name) const {
    const auto found = std::find_if(header_.tensors.begin(), header_.tensors.end(),
                                    [&](const TensorInfo& tensor) { return tensor.name == name; });
    return found == header_.tensors.end() ? nullptr : &*found;
}

const TensorInfo& SafetensorsReader::tensor(const std::string& name) const {
    if (const TensorInfo* found = find(name)) return *found;
    constexpr std::size_t kMost = 8;
    std::string names;
    for (std::size_t i = 0; i < std::min(tensors().size(), kMost); ++i) {
        names += (i == 0 ? "" : ", ") + quoted(tensors()[i].name);
    }
    throw Error("cannot read " + path() + ": it has no tensor " + quoted(name) + "; it has " +
                (names.empty() ? "none" : names) + (tensors().size() > kMost ? ", ..." : ""));
}

const TensorInfo& SafetensorsReader::tensor(const std::string& name, const std::vector<Index>& shape) const {
    const TensorInfo& found = tensor(name);
    if (found.shape != shape) {
        throw Error("cannot read " + path() + ": tensor " + quoted(name) + " has the shape " +
                    to_text(found.shape) + ", expected " + to_text(shape));
    }
    return found;
}

void SafetensorsReader::read(const TensorInfo& tensor, std::span<double> out, Index first) const {
    if (tensor.dtype == Dtype::f32) {
        read_widened(tensor, out, first);
    } else {
        read_bytes(tensor, Dtype::f64, first, std::as_writable_bytes(out));
    }
}

void SafetensorsReader::read(const TensorInfo& tensor, std::span<std::int64_t> out, Index first) const {
    read_bytes(tensor, Dtype::i64, first, std::as_writable_bytes(out));
}

void SafetensorsReader::read(const TensorInfo& tensor, std::span<std::uint8_t> out, Index first) const {
    read_bytes(tensor, Dtype::u8, first, std::as_writable_bytes(out));
}

void SafetensorsReader::read_widened(const TensorInfo& tensor, std::span<double> out, Index first) const {
    std::vector<float> piece(std::min<std::size_t>(out.size(), 1 << 16));
    while (!out.empty()) {
        const std::span<float> part = std::span(piece).first(std::min(piece.size(), out.size()));
        read_bytes(tensor, Dtype::f32, first, std::as_writable_bytes(part));
        std::copy(part.begin(), part.end(), out.begin());
        out = out.subspan(part.size());
        first += static_cast<Index>(part.size());
    }
}

void SafetensorsReader::read_bytes(const TensorInfo& tensor, Dtype dtype, Index first,
                                   std::span<std::byte> out) const {
    if (tensor.dtype != dtype) {
        throw Error("cannot read " + path() + ": tensor " + quoted(tensor.name) + " holds " +
                    name_of(tensor.dtype) + ", expected " + name_of(dtype));
    }
    const Index count = static_cast<Index>(out.size()) / size_of(dtype);
    if (first < 0 || count > tensor.size() - first) {
        throw Error("cannot read " + path() + ": tensor " + quoted(tensor.name) + " has " +
                    std::to_string(tensor.size()) + " elements, expected " + std::to_string(count) +
                    " from number " + std::to_string(first) + " on");
    }
    file_.read_at(data_begin_ + tensor.begin + first * size_of(dtype), out);
}

}  // namespace sae
