#include <bit>
#include <set>
#include <stdexcept>

#include "sae/data/safetensors.hpp"

namespace sae {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they are in memory");

/// The header: each tensor begins where the previous one ends.
std::vector<TensorInfo> lay_out(const std::vector<TensorSpec>& specs) {
    std::vector<TensorInfo> tensors;
    std::set<std::string> names = {"__metadata__"};
    Index offset = 0;
    for (const TensorSpec& spec : specs) {
        if (!names.insert(spec.name).second) throw std::logic_error("tensor declared twice: " + spec.name);
        Index bytes = size_of(spec.dtype);
        for (const Index extent : spec.shape) bytes *= extent;
        tensors.push_back({spec.name, spec.dtype, spec.shape, offset, offset + bytes});
        offset += bytes;
    }
    return tensors;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::string& path, const std::vector<TensorSpec>& tensors,
                                     const Metadata& metadata, FileSystem& file_system)
    : file_(path, file_system), tensors_(lay_out(tensors)) {
    const std::string header = format_safetensors_header({tensors_, metadata});
    const std::uint64_t length = header.size();
    write(std::as_bytes(std::span(&length, 1)));
    write(std::as_bytes(std::span(header)));
}

void SafetensorsWriter::append(std::span<const double> values) {
    append(Dtype::f64, std::as_bytes(values));
}

void SafetensorsWriter::append(std::span<const float> values) {
    append(Dtype::f32, std::as_bytes(values));
}

void SafetensorsWriter::append(std::span<const std::int64_t> values) {
    append(Dtype::i64, std::as_bytes(values));
}

void SafetensorsWriter::append(std::span<const std::uint8_t> values) {
    append(Dtype::u8, std::as_bytes(values));
}

void SafetensorsWriter::append(Dtype dtype, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    while (current_ < tensors_.size() && tensors_[current_].end == written_) ++current_;
    if (current_ == tensors_.size()) throw std::logic_error("more elements than declared: " + file_.path());
    const TensorInfo& tensor = tensors_[current_];
    if (tensor.dtype != dtype)
        throw std::logic_error("elements of another type than declared: " + tensor.name);
    if (static_cast<Index>(bytes.size()) > tensor.end - written_) {
        throw std::logic_error("more elements than declared: " + tensor.name);
    }
    write(bytes);
    written_ += static_cast<Index>(bytes.size());
}

void SafetensorsWriter::write(std::span<const std::byte> bytes) {
    hash_.update(bytes);
    file_.append(bytes);
}

void SafetensorsWriter::commit() {
    const Index declared = tensors_.empty() ? 0 : tensors_.back().end;
    if (written_ != declared) throw std::logic_error("fewer elements than declared: " + file_.path());
    file_.commit();
}

}  // namespace sae
