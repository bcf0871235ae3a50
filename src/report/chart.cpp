#include "chart.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "html.hpp"

namespace sae::chart {
namespace {

/// The numbers 1, 2, 5 times powers of ten have places: 3 k, 3 k + 1, 3 k + 2 for the exponent k.
double at_place(int place) {
    constexpr std::array<double, 3> leading{1, 2, 5};
    const int exponent = static_cast<int>(std::floor(place / 3.0));
    return leading[static_cast<std::size_t>(place - 3 * exponent)] * std::pow(10.0, exponent);
}

/// The last place whose number is at most `value`.
int place_below(double value) {
    // One ahead of the power of ten, as log10 may err in its last bit.
    int place = 3 * static_cast<int>(std::floor(std::log10(value))) + 3;
    while (at_place(place) > value) --place;
    return place;
}

int place_above(double value) {
    const int below = place_below(value);
    return at_place(below) < value ? below + 1 : below;
}

}  // namespace

LogAxis::LogAxis(double low, double high, double start, double end)
    : low_(at_place(place_below(low))), high_(at_place(place_above(high))), start_(start), end_(end) {
    if (low_ == high_) high_ = at_place(place_above(high) + 1);
}

double LogAxis::at(double value) const {
    const double share = std::log(std::clamp(value, low_, high_) / low_) / std::log(high_ / low_);
    return start_ + share * (end_ - start_);
}

std::vector<double> LogAxis::ticks() const {
    constexpr int most = 10;
    const int first = place_below(low_);
    const int last = place_above(high_);
    const int decades = (last - first) / 3;
    std::vector<double> ticks;
    for (int place = first; place <= last; ++place) {
        const bool power_of_ten = place % 3 == 0;
        const bool kept = power_of_ten && place / 3 % (decades / most + 1) == 0;
        if (last - first < most || kept) ticks.push_back(at_place(place));
    }
    return ticks;
}

std::string coordinate(double value) {
    std::array<char, 32> room{};
    const double rounded = std::round(value * 10) / 10;
    return {room.data(), std::to_chars(room.data(), room.data() + room.size(), rounded).ptr};
}

std::string text(double x, double y, std::string_view anchor, std::string_view content,
                 std::string_view css_class) {
    return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" +
           std::string(anchor) + "\" class=\"" + std::string(css_class) + "\">" + html::escape(content) +
           "</text>\n";
}

std::string line(std::pair<double, double> from, std::pair<double, double> to, std::string_view css_class) {
    return "<line x1=\"" + coordinate(from.first) + "\" y1=\"" + coordinate(from.second) + "\" x2=\"" +
           coordinate(to.first) + "\" y2=\"" + coordinate(to.second) + "\" class=\"" +
           std::string(css_class) + "\"/>\n";
}

std::string vertical_axis(const LogAxis& axis, const Frame& frame, std::string_view name) {
    std::string content = text(0, 14, "start", name);
    for (const double tick : axis.ticks()) {
        const double y = axis.at(tick);
        content += line({frame.left, y}, {frame.right, y}, "grid");
        content += text(frame.left - 8, y + 4, "end", html::number(tick));
    }
    return content;
}

std::string drawing(const Frame& frame, std::string_view css_class, std::string_view alt,
                    const std::string& content) {
    return "<svg class=\"" + std::string(css_class) + "\" viewBox=\"0 0 " + coordinate(frame.width) + ' ' +
           coordinate(frame.height) + "\" role=\"img\" aria-label=\"" + html::escape(alt) + "\">\n" +
           content + "</svg>\n";
}

}  // namespace sae::chart
