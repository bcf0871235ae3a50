#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sae {

/// Reads "A,B,C", each part by `read`, which returns an optional; nothing if a part is not as it should be.
template <class Read>
[[nodiscard]] auto read_list(std::string_view text, Read read) {
    std::vector<typename decltype(read(text))::value_type> list;
    std::optional<decltype(list)> whole;
    for (;;) {
        const std::size_t comma = text.find(',');
        auto part = read(text.substr(0, comma));
        if (!part) return whole;
        list.push_back(std::move(*part));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    whole = std::move(list);
    return whole;
}

/// The parts, each as `write` has it, with commas between.
template <class T, class Write>
[[nodiscard]] std::string list_text(const std::vector<T>& list, Write write) {
    std::string text;
    for (const T& part : list) {
        if (!text.empty()) text += ',';
        text += write(part);
    }
    return text;
}

}  // namespace sae
