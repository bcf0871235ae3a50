#include "sae/data/safetensors.hpp"

#include "memory_file.hpp"
#include "refusal.hpp"
#include "safetensors_input.hpp"

namespace {

template <class Number>
void read_whole(const sae::SafetensorsReader& file, const sae::TensorInfo& tensor) {
    std::vector<Number> values(static_cast<std::size_t>(tensor.size()));
    file.read(tensor, std::span(values));
}

}  // namespace

/// A safetensors file, and each tensor in it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::uint8_t> bytes = sae::fuzz::safetensors_file({data, size});
    const sae::fuzz::MemoryFile memory(bytes);
    sae::fuzz::accepts([&] {
        const sae::SafetensorsReader file(memory.path());
        sae::Index total = 0;
        for (const sae::TensorInfo& tensor : file.tensors()) {
            total += tensor.end - tensor.begin;
            sae::fuzz::accepts([&] { read_whole<double>(file, tensor); });
            sae::fuzz::accepts([&] { read_whole<std::int64_t>(file, tensor); });
            sae::fuzz::accepts([&] { read_whole<std::uint8_t>(file, tensor); });
            sae::fuzz::require(file.tensor(tensor.name).begin == tensor.begin, "a name twice");
        }
        sae::fuzz::require(total <= file.file().size(), "more data than bytes");
    });
    return 0;
}
