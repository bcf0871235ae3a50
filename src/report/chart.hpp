#pragma once
#include <string>
#include <utility>
#include <vector>

#include "template.hpp"

namespace sae {

/// A logarithmic axis, from `start` to `end` in a drawing.
class LogAxis {
  public:
    /// Covers [`low`, `high`], 0 < low <= high, widened to numbers 1, 2 or 5 times a power of ten.
    LogAxis(double low, double high, double start, double end);

    /// Where `value` lies; what is outside is put on the nearer end.
    [[nodiscard]] double at(double value) const;

    /// Two to about ten ticks in rising order: 1, 2, 5 times powers of ten, on a long axis powers of ten.
    [[nodiscard]] std::vector<double> ticks() const;

  private:
    double low_;
    double high_;
    double start_;
    double end_;
};

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

}  // namespace sae
