#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "read_image_file.hpp"

/// The input is the file, raw or gzip.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const sae::fuzz::MemoryFile file({data, size});
    sae::fuzz::read_image_file(file.path());
    return 0;
}
