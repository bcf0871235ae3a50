#include <algorithm>
#include <vector>

#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "refusal.hpp"
#include "sae/data/gzip_reader.hpp"
#include "sae/data/input_file.hpp"

/// The first byte says in what pieces the rest, a gzip file, is read: up to a MiB of its contents.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> input(data, size);
    const std::size_t piece = 1 + 37 * std::size_t{sae::fuzz::take_byte(input)};
    const sae::fuzz::MemoryFile memory(input);
    sae::fuzz::accepts([&] {
        const sae::InputFile file(memory.path());
        if (!sae::GzipReader::recognises(file)) return;
        sae::GzipReader reader(file);
        std::vector<std::byte> bytes(piece);
        std::size_t total = 0;
        std::size_t count = piece;
        while (count == piece && total < std::size_t{1} << 20) total += count = reader.read(bytes);
        sae::fuzz::require(
            static_cast<sae::Index>(total) <= (file.size() + 1) * sae::GzipReader::max_expansion,
            "more contents than the file can hold");
    });
    return 0;
}
