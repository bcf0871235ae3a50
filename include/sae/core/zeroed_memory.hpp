#pragma once
#include <cstddef>
#include <span>

namespace sae {

/// Memory from the system, all 0. The system places each page near the processor that uses it first (NUMA).
/// Aligned as allocate_aligned(); whole_pages() of its bytes belong to it.
class ZeroedMemory {
  public:
    /// No memory.
    ZeroedMemory() = default;
    /// Throws std::bad_alloc.
    explicit ZeroedMemory(std::size_t bytes);
    ~ZeroedMemory();
    ZeroedMemory(ZeroedMemory&& other) noexcept;
    ZeroedMemory& operator=(ZeroedMemory&& other) noexcept;

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    std::span<std::byte> bytes_;   ///< a part of mapped_
    std::span<std::byte> mapped_;  ///< whole pages
};

}  // namespace sae
