#pragma once
#include <cstddef>
#include <span>

namespace sae {

/// Memory that is 0, from the system: no page is used before the program uses it, so each belongs to the node
/// of the processor that uses it first. Aligned as allocate_aligned().
class ZeroedMemory {
  public:
    /// None.
    ZeroedMemory() = default;
    /// Throws std::bad_alloc.
    explicit ZeroedMemory(std::size_t bytes);
    ~ZeroedMemory();
    ZeroedMemory(ZeroedMemory&& other) noexcept;
    ZeroedMemory& operator=(ZeroedMemory&& other) noexcept;

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    std::span<std::byte> bytes_;   ///< a part of
    std::span<std::byte> mapped_;  ///< whole pages
};

}  // namespace sae
