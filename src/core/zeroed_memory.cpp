#include "sae/core/zeroed_memory.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <utility>

#include "sae/core/huge_pages.hpp"

namespace sae {

ZeroedMemory::ZeroedMemory(std::size_t bytes) {
    if (bytes == 0) return;
    // The system aligns to small pages; large memory starts at a huge page.
    const bool huge = use_huge_pages(bytes);
    if (bytes > SIZE_MAX - 2 * huge_page) throw std::bad_alloc();
    const std::size_t whole = whole_pages(bytes);
    const std::size_t mapped = huge ? whole + huge_page : whole;
    void* const at = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    mapped_ = {static_cast<std::byte*>(at), mapped};
    const std::size_t above = reinterpret_cast<std::uintptr_t>(at) % huge_page;
    bytes_ = mapped_.subspan(huge ? (huge_page - above) % huge_page : 0, bytes);
    if (huge) static_cast<void>(madvise(bytes_.data(), whole, MADV_HUGEPAGE));
}

ZeroedMemory::~ZeroedMemory() {
    if (!mapped_.empty()) munmap(mapped_.data(), mapped_.size());
}

ZeroedMemory::ZeroedMemory(ZeroedMemory&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), mapped_(std::exchange(other.mapped_, {})) {}

ZeroedMemory& ZeroedMemory::operator=(ZeroedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(mapped_, other.mapped_);
    return *this;
}

}  // namespace sae
