#include "chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sae {
namespace {

// In tenths of CSS pixels; the width is that of the page, whatever that is.
constexpr double width = 10000, height = 3000, margin = 40;

class LogAxis {
  public:
    LogAxis(double low, double high) : numbers_(round_numbers(low, high)) {}

    /// From the top; what is outside is put on the nearer end.
    [[nodiscard]] long at(double value) const {
        const double low = numbers_.front(), high = numbers_.back();
        const double share = std::log(std::clamp(value, low, high) / low) / std::log(high / low);
        return std::lround(height - margin - share * (height - 2 * margin));
    }

    /// Powers of ten alone where all would be too many.
    [[nodiscard]] Json ticks() const {
        constexpr std::size_t most = 10;
        Json list = Json::array();
        for (const double tick : numbers_) {
            const double decade = std::log10(tick);
            if (numbers_.size() <= most || std::abs(decade - std::round(decade)) < 0.1)
                list.push_back({{"y", at(tick)}, {"value", tick}});
        }
        return list;
    }

  private:
    std::vector<double> numbers_;
};

std::string path(const Curve& curve, const LogAxis& axis) {
    std::string steps;
    bool pen_down = false;
    for (const auto& [x, y] : curve.points) {
        if (drawable(y)) {
            const std::string at = std::to_string(std::lround(x * width)) + ' ' + std::to_string(axis.at(y));
            steps += curve.style == "dots" ? 'M' + at + "h0" : (pen_down ? 'L' : 'M') + at;
        }
        pen_down = drawable(y);
    }
    return steps;
}

/// The curves' names next to their right ends. Names that would overlap are moved apart, down first, and up
/// again from the lower edge.
Json names_of(const std::vector<Curve>& curves, const LogAxis& axis) {
    constexpr double spacing = 170;
    std::vector<std::pair<double, const Curve*>> ends;
    for (const Curve& curve : curves) {
        const double last = curve.points.back().second;
        if (!curve.name.empty() && drawable(last)) ends.emplace_back(axis.at(last), &curve);
    }
    std::ranges::stable_sort(ends, {}, [](const auto& end) { return end.first; });
    for (std::size_t i = 1; i < ends.size(); ++i)
        ends[i].first = std::max(ends[i].first, ends[i - 1].first + spacing);
    double room = height - margin;
    for (auto end = ends.rbegin(); end != ends.rend(); room = end++->first - spacing)
        end->first = std::min(end->first, room);
    Json names = Json::array();
    for (const auto& [y, curve] : ends)
        names.push_back({{"style", curve->style}, {"y", std::lround(y)}, {"text", curve->name}});
    return names;
}

}  // namespace

std::vector<double> round_numbers(double low, double high) {
    std::vector<double> numbers;
    // Starts one power of ten lower, as log10 may err in its last bit.
    for (int exponent = static_cast<int>(std::floor(std::log10(low))) - 1;; ++exponent) {
        for (const double leading : {1, 2, 5}) {
            const double round = leading * std::pow(10.0, exponent);
            if (round <= low) numbers.clear();
            numbers.push_back(round);
            if (round >= high && numbers.size() > 1) return numbers;
        }
    }
}

bool drawable(double value) {
    return std::isfinite(value) && value > 0;
}

Json chart_data(const Chart& chart) {
    constexpr double depth = 1e-7;
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const Curve& curve : chart.curves) {
        for (const auto& [unused, y] : curve.points) {
            if (!drawable(y)) continue;
            low = std::min(low, y);
            high = std::max(high, y);
        }
    }
    if (high == 0) return nullptr;
    const LogAxis axis(std::max(low, high * depth), high);
    Json data{{"label", chart.label},    {"vertical", chart.vertical},
              {"left", chart.left},      {"middle", chart.middle},
              {"right", chart.right},    {"ticks", axis.ticks()},
              {"curves", Json::array()}, {"names", names_of(chart.curves, axis)}};
    for (const Curve& curve : chart.curves)
        data["curves"].push_back({{"style", curve.style}, {"path", path(curve, axis)}});
    return data;
}

}  // namespace sae
