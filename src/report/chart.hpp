#pragma once
#include <string>
#include <utility>
#include <vector>

#include "template.hpp"

namespace sae {

/// A line of a chart, or dots.
struct Curve {
    std::string name;   ///< shown at its right end
    std::string style;  ///< its class in style.css; "dots" draws dots
    /// (x in [0, 1], y); values that are not finite and above 0 leave a gap.
    std::vector<std::pair<double, double>> points;
};

struct Chart {
    std::string label;                ///< for those who do not see it
    std::string vertical;             ///< what the logarithmic axis shows
    std::string left, middle, right;  ///< below the horizontal axis
    std::vector<Curve> curves;
};

/// What chart.html draws, as wide as the page; null if there is nothing to draw. What is smaller than 1e-7 of
/// the largest value is drawn on the lower edge.
[[nodiscard]] Json chart_data(const Chart& chart);

/// Whether a value has a place on a logarithmic axis.
[[nodiscard]] bool drawable(double value);

/// The numbers 1, 2, 5 times powers of ten from the last one at or below `low` to the first one at or above
/// `high`, 0 < low <= high, at least two, in rising order.
[[nodiscard]] std::vector<double> round_numbers(double low, double high);

}  // namespace sae
