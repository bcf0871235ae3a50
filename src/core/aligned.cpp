#include "sae/core/aligned.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "sae/core/huge_pages.hpp"

namespace sae {

namespace {

constexpr std::size_t cache_line = 64;

}  // namespace

void* allocate_aligned(std::size_t bytes) {
    const std::size_t alignment = use_huge_pages(bytes) ? huge_page : cache_line;
    if (bytes > SIZE_MAX - alignment) throw std::bad_alloc();
    const std::size_t whole = round_up(bytes, alignment);
    void* const memory = std::aligned_alloc(alignment, whole);
    if (memory == nullptr && whole > 0) throw std::bad_alloc();
    if (alignment == huge_page) static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));
    return memory;
}

void release_aligned(void* memory) noexcept {
    std::free(memory);
}

}  // namespace sae
