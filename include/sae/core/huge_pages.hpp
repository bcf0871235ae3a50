#pragma once
#include <cstddef>

namespace sae {

/// The size of a huge page on x86-64, and on ARM64 with small pages of 4 KiB.
inline constexpr std::size_t huge_page = std::size_t{1} << 21;
inline constexpr std::size_t small_page = std::size_t{1} << 12;

/// Whether `bytes` of memory are to be in huge pages: they fill at least half of one.
[[nodiscard]] constexpr bool use_huge_pages(std::size_t bytes) {
    return bytes >= huge_page / 2;
}

/// `bytes` rounded up to a multiple of `unit`. There must be such a number.
[[nodiscard]] constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

/// `bytes` rounded up to whole pages, which are huge if they are to be.
[[nodiscard]] constexpr std::size_t whole_pages(std::size_t bytes) {
    return round_up(bytes, use_huge_pages(bytes) ? huge_page : small_page);
}

}  // namespace sae
