#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "sae/core/error.hpp"

namespace sae::fuzz {

/// Throws unless `message` is fit for a terminal: not empty, no control characters but line breaks, and not
/// as long as the input made it.
inline void check_message(const std::string& message) {
    constexpr std::size_t longest = 2000;
    const bool printable =
        std::ranges::none_of(message, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
    if (message.empty() || message.size() > longest || !printable) {
        throw std::logic_error("a message that is not fit to be printed: " + message);
    }
}

/// Whether `read` succeeds. It may fail by an Error with a proper message; anything else goes through.
template <class Read>
bool accepts(Read&& read) {
    try {
        std::forward<Read>(read)();
        return true;
    } catch (const Error& error) {
        check_message(error.what());
        return false;
    }
}

/// Throws, as the bug that it is, if what always holds does not.
inline void require(bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
}

}  // namespace sae::fuzz
