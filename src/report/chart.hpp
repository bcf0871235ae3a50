#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/iteration_record.hpp"

namespace sae::chart {

/// Where a chart's axes lie in a drawing, in its units (about CSS pixels).
struct Frame {
    double width;
    double height;
    double left;
    double right;  ///< of the axes' area, not a margin
    double top;
    double bottom;
};

/// A logarithmic axis from `start` to `end` in the drawing.
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

/// A coordinate: one decimal.
[[nodiscard]] std::string coordinate(double value);

/// A text element; `anchor` is start, middle or end.
[[nodiscard]] std::string text(double x, double y, std::string_view anchor, std::string_view content,
                               std::string_view css_class = "");

/// A line element.
[[nodiscard]] std::string line(std::pair<double, double> from, std::pair<double, double> to,
                               std::string_view css_class);

/// The grid lines and numbers of a vertical logarithmic axis, with its name above.
[[nodiscard]] std::string vertical_axis(const LogAxis& axis, const Frame& frame, std::string_view name);

/// An svg element with a text for those who do not see it; `css_class` is "wide" or "narrow".
[[nodiscard]] std::string drawing(const Frame& frame, std::string_view css_class, std::string_view alt,
                                  const std::string& content);

}  // namespace sae::chart

namespace sae {

/// Cost and its terms against the iteration, logarithmic, for wide and for narrow pages, with a legend; empty
/// if no record has a finite cost above 0. Terms that are 0 throughout are left out.
[[nodiscard]] std::string cost_chart(std::span<const IterationRecord> records);

/// The mean activations in rising order, logarithmic, against rho if the objective asks for it; empty if
/// there are none.
[[nodiscard]] std::string activation_chart(std::span<const double> mean_activations,
                                           const Hyperparameters& hyperparameters);

}  // namespace sae
