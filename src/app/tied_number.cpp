#include "sae/app/tied_number.hpp"

#include "sae/app/number_text.hpp"

namespace sae {
namespace {

std::optional<TiedNumber> read_one(std::string_view text,
                                   const std::function<std::optional<double>(std::string_view)>& read) {
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

}  // namespace

std::optional<std::vector<TiedNumber>> read_tied_numbers(
    std::string_view text, const std::function<std::optional<double>(std::string_view)>& read) {
    std::vector<TiedNumber> numbers;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        const std::optional<TiedNumber> number = read_one(text.substr(0, comma), read);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return numbers;
}

std::string tied_numbers_text(const std::vector<TiedNumber>& numbers) {
    std::string text;
    for (const TiedNumber& number : numbers) {
        if (!text.empty()) text += ',';
        if (number.hidden) text += std::to_string(*number.hidden) + ':';
        text += shortest_text(number.value);
    }
    return text;
}

}  // namespace sae
