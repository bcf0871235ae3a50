#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace sae {

/// Memory that starts on a cache line, as vector loads want it: std::vector<T, CacheAligned<T>>.
template <class T>
struct CacheAligned {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    CacheAligned() = default;
    template <class U>
    constexpr explicit(false) CacheAligned(const CacheAligned<U>& /*other*/) noexcept {}

    [[nodiscard]] T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new(n * sizeof(T), alignment));
    }
    void deallocate(T* p, std::size_t /*n*/) noexcept { ::operator delete(p, alignment); }

    template <class U>
    friend constexpr bool operator==(const CacheAligned& /*a*/, const CacheAligned<U>& /*b*/) {
        return true;
    }
};

template <class T>
using AlignedVector = std::vector<T, CacheAligned<T>>;

}  // namespace sae
