#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "read_idx.hpp"

/// The input is the file, raw or gzip.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const sae::fuzz::MemoryFile file({data, size});
    sae::fuzz::read_idx(file.path());
    return 0;
}
