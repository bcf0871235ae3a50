#include "sae/data/readable.hpp"

#include <cstddef>

namespace sae {
namespace {

/// The number of bytes of the well-formed character at the beginning of `text`; 0 if there is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    // An overlong form, a surrogate, or beyond U+10FFFF.
    const unsigned char second = byte(1);
    const bool malformed = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                           (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return malformed ? 0 : length;
}

/// C0, delete and C1.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first < 0x20 || first == 0x7f;
    return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string readable(std::string_view text) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string made;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const std::string_view character = text.substr(0, length);
        made += length == 0 || is_control(character) ? replacement : character;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return made;
}

}  // namespace sae
