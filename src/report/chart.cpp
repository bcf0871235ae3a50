#include "chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "words.hpp"

namespace sae {
namespace {

constexpr double width = 1000, height = 300, margin = 4;
constexpr double depth = 1e-7;

/// The numbers 1, 2, 5 times powers of ten have places: 3 k, 3 k + 1, 3 k + 2 for the exponent k.
double at_place(int place) {
    constexpr std::array<double, 3> leading{1, 2, 5};
    const int exponent = static_cast<int>(std::floor(place / 3.0));
    return leading[static_cast<std::size_t>(place - 3 * exponent)] * std::pow(10.0, exponent);
}

/// The last place whose number is at most `value`.
int place_below(double value) {
    // Starts one power of ten higher, as log10 may err in its last bit.
    int place = 3 * static_cast<int>(std::floor(std::log10(value))) + 3;
    while (at_place(place) > value) --place;
    return place;
}

int place_above(double value) {
    const int below = place_below(value);
    return at_place(below) < value ? below + 1 : below;
}

std::string coordinate(double value) {
    return exact(std::round(value * 10) / 10);
}

std::string path(const Curve& curve, const LogAxis& axis) {
    std::string steps;
    bool pen_down = false;
    for (const auto& [x, y] : curve.points) {
        if (drawable(y)) {
            steps += (pen_down ? 'L' : 'M') + coordinate(x * width) + ' ' + coordinate(axis.at(y));
            if (curve.style == "dots") steps += "h0";
        }
        pen_down = drawable(y) && curve.style != "dots";
    }
    return steps;
}

/// Moves labels apart that would overlap, down first, and up again from the lower edge.
void spread(std::vector<double>& places) {
    constexpr double spacing = 17;
    for (std::size_t i = 1; i < places.size(); ++i) places[i] = std::max(places[i], places[i - 1] + spacing);
    double room = height - margin;
    for (auto place = places.rbegin(); place != places.rend(); room = *place++ - spacing)
        *place = std::min(*place, room);
}

/// The curves' names beside their right ends.
Json names_of(const std::vector<Curve>& curves, const LogAxis& axis) {
    std::vector<std::pair<double, const Curve*>> ends;
    for (const Curve& curve : curves) {
        if (!curve.name.empty() && drawable(curve.points.back().second))
            ends.emplace_back(axis.at(curve.points.back().second), &curve);
    }
    std::ranges::stable_sort(ends, {}, [](const auto& end) { return end.first; });
    std::vector<double> places;
    for (const auto& [y, unused] : ends) places.push_back(y);
    spread(places);
    Json names = Json::array();
    for (std::size_t i = 0; i < ends.size(); ++i) {
        const Curve& curve = *ends[i].second;
        names.push_back({{"style", curve.style}, {"y", coordinate(places[i])}, {"text", curve.name}});
    }
    return names;
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

bool drawable(double value) {
    return std::isfinite(value) && value > 0;
}

Json chart_data(const Chart& chart) {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const Curve& curve : chart.curves) {
        for (const auto& [unused, y] : curve.points) {
            if (!drawable(y)) continue;
            low = std::min(low, y);
            high = std::max(high, y);
        }
    }
    if (high == 0) return nullptr;
    const LogAxis axis(std::max(low, high * depth), high, height - margin, margin);
    Json data{
        {"label", chart.label},   {"vertical", chart.vertical}, {"left", chart.left},
        {"middle", chart.middle}, {"right", chart.right},       {"height", coordinate(height)},
        {"ticks", Json::array()}, {"curves", Json::array()},    {"names", names_of(chart.curves, axis)}};
    for (const double tick : axis.ticks())
        data["ticks"].push_back({{"y", coordinate(axis.at(tick))}, {"text", number(tick)}});
    for (const Curve& curve : chart.curves)
        data["curves"].push_back({{"style", curve.style}, {"path", path(curve, axis)}});
    return data;
}

}  // namespace sae
