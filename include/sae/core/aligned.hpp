#pragma once
#include <cstddef>
#include <vector>

namespace sae {

/// Memory for `bytes` that starts on a cache line, as vector loads need it. Large memory starts on a huge
/// page and requests huge pages, since translating addresses of 4 KiB pages is up to a third of the time of
/// loops that read from end to end. Everything works without huge pages, too. Throws std::bad_alloc.
[[nodiscard]] void* allocate_aligned(std::size_t bytes);

/// Gives memory of allocate_aligned back.
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
