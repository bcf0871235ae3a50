#include "sae/app/tied_number.hpp"

#include "sae/app/number_text.hpp"

namespace sae {

std::optional<TiedNumber> read_tied_number(
    std::string_view text, const std::function<std::optional<double>(std::string_view)>& read) {
    TiedNumber number;
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        number.hidden = read_integer<Index>(text.substr(0, colon));
        if (!number.hidden || *number.hidden < 1) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    const std::optional<double> value = read(text);
    if (!value) return std::nullopt;
    number.value = *value;
    return number;
}

std::string tied_number_text(const TiedNumber& number) {
    return (number.hidden ? std::to_string(*number.hidden) + ':' : "") + shortest_text(number.value);
}

}  // namespace sae
