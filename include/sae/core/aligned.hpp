#pragma once
#include <cstddef>
#include <vector>

namespace sae {

/// `bytes` of memory that start on a cache line, as vector loads need it. Large memory starts on a huge page
/// and requests huge pages, because the translation of addresses in pages of 4 KiB takes up to a third of the
/// time of loops over it. Without huge pages all works too. Throws std::bad_alloc.
[[nodiscard]] void* allocate_aligned(std::size_t bytes);

/// Frees memory of allocate_aligned().
void release_aligned(void* memory) noexcept;

/// An allocator of such memory: std::vector<T, CacheAligned<T>>.
template <class T>
struct CacheAligned {
    using value_type = T;

    CacheAligned() = default;
    template <class U>
    constexpr explicit(false) CacheAligned(const CacheAligned<U>& /*other*/) noexcept {}

    [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(allocate_aligned(n * sizeof(T))); }
    void deallocate(T* p, std::size_t /*n*/) noexcept { release_aligned(p); }

    template <class U>
    friend constexpr bool operator==(const CacheAligned& /*a*/, const CacheAligned<U>& /*b*/) {
        return true;
    }
};

template <class T>
using AlignedVector = std::vector<T, CacheAligned<T>>;

}  // namespace sae
