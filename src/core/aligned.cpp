#include "sae/core/aligned.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace sae {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t huge_page = std::size_t{1} << 21;

}  // namespace

void* allocate_aligned(std::size_t bytes) {
    const std::size_t alignment = bytes >= huge_page / 2 ? huge_page : cache_line;
    if (bytes > SIZE_MAX - alignment) throw std::bad_alloc();
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    void* const memory = std::aligned_alloc(alignment, whole);
    if (memory == nullptr && whole > 0) throw std::bad_alloc();
    if (alignment == huge_page) static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));
    return memory;
}

void release_aligned(void* memory) noexcept {
    std::free(memory);
}

}  // namespace sae
