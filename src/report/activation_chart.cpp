#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "html.hpp"

namespace sae {
namespace {

using chart::Frame;
using chart::LogAxis;

constexpr Frame wide{960, 320, 62, 860, 30, 280};
constexpr Frame narrow{340, 270, 46, 266, 30, 234};

/// Activations below this are drawn on the lower edge.
constexpr double least = 1e-6;

/// Dots, more of which would only lie on each other.
constexpr std::size_t most_dots = 2000;

LogAxis axis_of(const std::vector<double>& sorted, const Hyperparameters& hyperparameters,
                const Frame& frame) {
    double low = sorted.front();
    double high = sorted.back();
    if (hyperparameters.sparse()) {
        low = std::min(low, hyperparameters.rho);
        high = std::max(high, hyperparameters.rho);
    }
    low = std::clamp(low, least, 1.0);
    return {low, std::clamp(high, low, 1.0), frame.bottom, frame.top};
}

/// A dot a unit: pieces of no length with round ends.
std::string dots(const std::vector<double>& sorted, const LogAxis& axis, const Frame& frame) {
    const std::size_t drawn = std::min(sorted.size(), most_dots);
    std::string steps;
    for (std::size_t i = 0; i < drawn; ++i) {
        const std::size_t unit = drawn == 1 ? 0 : i * (sorted.size() - 1) / (drawn - 1);
        const double place = (static_cast<double>(unit) + 0.5) / static_cast<double>(sorted.size());
        steps += "M" + chart::coordinate(frame.left + place * (frame.right - frame.left)) + ' ' +
                 chart::coordinate(axis.at(sorted[unit])) + "h0";
    }
    return "<path class=\"dots\" d=\"" + steps + "\"/>\n";
}

std::string draw(const std::vector<double>& sorted, const Hyperparameters& hyperparameters,
                 const Frame& frame, std::string_view css_class, const std::string& alt) {
    const LogAxis axis = axis_of(sorted, hyperparameters, frame);
    std::string content = chart::vertical_axis(axis, frame, "mean activation, logarithmic");
    content += chart::text((frame.left + frame.right) / 2, frame.bottom + 22, "middle",
                           "hidden units, from the least to the most active");
    content += dots(sorted, axis, frame);
    if (hyperparameters.sparse()) {
        const double y = axis.at(hyperparameters.rho);
        content += chart::line({frame.left, y}, {frame.right, y}, "rho");
        content += chart::text(frame.right + 6, y + 4, "start", "rho " + html::number(hyperparameters.rho),
                               "label decay");
    }
    return chart::drawing(frame, css_class, alt, content);
}

}  // namespace

std::string activation_chart(std::span<const double> mean_activations,
                             const Hyperparameters& hyperparameters) {
    std::vector<double> sorted;
    std::copy_if(mean_activations.begin(), mean_activations.end(), std::back_inserter(sorted),
                 [](double value) { return std::isfinite(value); });
    if (sorted.empty()) return "";
    std::sort(sorted.begin(), sorted.end());
    std::string alt = "A dot for each hidden unit at its mean activation, in rising order, from " +
                      html::number(sorted.front()) + " to " + html::number(sorted.back()) + '.';
    if (hyperparameters.sparse()) {
        alt += " A dashed line marks rho, " + html::number(hyperparameters.rho) + '.';
    }
    return "<figure class=\"chart\">\n" + draw(sorted, hyperparameters, wide, "wide", alt) +
           draw(sorted, hyperparameters, narrow, "narrow", alt) + "</figure>\n";
}

}  // namespace sae
