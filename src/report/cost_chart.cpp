#include <algorithm>
#include <cmath>
#include <limits>

#include "chart.hpp"
#include "html.hpp"

namespace sae {
namespace {

using chart::Frame;
using chart::LogAxis;

constexpr Frame wide{960, 380, 62, 830, 30, 340};
constexpr Frame narrow{340, 300, 46, 222, 30, 264};

/// What is this much smaller than the largest value is drawn on the lower edge.
constexpr double depth = 1e-7;

/// Points of a curve, more of which nobody sees.
constexpr std::size_t most_points = 800;

struct Curve {
    std::string_view name;
    std::string_view css_class;
    double (*value)(const CostTerms&);
};

constexpr Curve curves[] = {
    {"cost", "total", [](const CostTerms& cost) { return cost.total(); }},
    {"reconstruction", "reconstruction", [](const CostTerms& cost) { return cost.reconstruction; }},
    {"weight decay", "decay", [](const CostTerms& cost) { return cost.weight_decay; }},
    {"sparsity", "sparsity", [](const CostTerms& cost) { return cost.sparsity; }},
};

bool drawable(double value) {
    return std::isfinite(value) && value > 0;
}

/// At most most_points records, the last among them.
std::vector<IterationRecord> thinned(std::span<const IterationRecord> records) {
    if (records.size() <= most_points) return {records.begin(), records.end()};
    std::vector<IterationRecord> kept;
    for (std::size_t i = 0; i < most_points; ++i) {
        kept.push_back(records[i * (records.size() - 1) / (most_points - 1)]);
    }
    return kept;
}

std::vector<Curve> curves_of(const std::vector<IterationRecord>& records) {
    std::vector<Curve> seen;
    for (const Curve& curve : curves) {
        const auto has_value = [&](const IterationRecord& record) {
            return drawable(curve.value(record.cost));
        };
        if (std::any_of(records.begin(), records.end(), has_value)) seen.push_back(curve);
    }
    return seen;
}

struct Axes {
    double first_iteration;
    double last_iteration;
    LogAxis cost;
    Frame frame;

    [[nodiscard]] double x(const IterationRecord& record) const {
        const double range = std::max(last_iteration - first_iteration, 1.0);
        const double share = (static_cast<double>(record.iteration) - first_iteration) / range;
        return frame.left + share * (frame.right - frame.left);
    }
};

Axes axes_of(const std::vector<IterationRecord>& records, const std::vector<Curve>& seen,
             const Frame& frame) {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
    for (const IterationRecord& record : records) {
        for (const Curve& curve : seen) {
            const double value = curve.value(record.cost);
            if (!drawable(value)) continue;
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    return {static_cast<double>(records.front().iteration), static_cast<double>(records.back().iteration),
            LogAxis(std::max(low, high * depth), high, frame.bottom, frame.top), frame};
}

std::string path(const std::vector<IterationRecord>& records, const Curve& curve, const Axes& axes) {
    std::string steps;
    bool pen_down = false;
    for (const IterationRecord& record : records) {
        const double value = curve.value(record.cost);
        if (drawable(value)) {
            steps += (pen_down ? "L" : "M") + chart::coordinate(axes.x(record)) + ' ' +
                     chart::coordinate(axes.cost.at(value));
        }
        pen_down = drawable(value);
    }
    return "<path class=\"curve " + std::string(curve.css_class) + "\" d=\"" + steps + "\"/>\n";
}

/// The curves' names at their right ends, moved apart where they would overlap.
std::string direct_labels(const IterationRecord& last, const std::vector<Curve>& seen, const Axes& axes) {
    constexpr double spacing = 16;
    struct Label {
        const Curve* curve;
        double end;
        double y;
    };
    std::vector<Label> labels;
    for (const Curve& curve : seen) {
        const double value = curve.value(last.cost);
        if (!drawable(value)) continue;
        const double end = axes.cost.at(value);
        labels.push_back({&curve, end, end});
    }
    std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i) {
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + spacing);
    }
    double room_below = axes.frame.bottom;
    for (std::size_t i = labels.size(); i-- > 0; room_below = labels[i].y - spacing) {
        labels[i].y = std::min(labels[i].y, room_below);
    }
    std::string content;
    const double right = axes.x(last);
    for (const Label& label : labels) {
        content += chart::line({right + 2, label.end}, {right + 12, label.y}, "leader");
        content += chart::text(right + 15, label.y + 4, "start", label.curve->name,
                               "label " + std::string(label.curve->css_class));
    }
    return content;
}

std::string iteration_axis(const std::vector<IterationRecord>& records, const Axes& axes) {
    const Frame& frame = axes.frame;
    const IterationRecord& first = records.front();
    const IterationRecord& last = records.back();
    std::string content =
        chart::text(axes.x(first), frame.bottom + 20, "middle", html::count(first.iteration));
    if (last.iteration > first.iteration) {
        content += chart::text(frame.right, frame.bottom + 20, "middle", html::count(last.iteration));
    }
    return content + chart::text((frame.left + frame.right) / 2, frame.bottom + 20, "middle", "iteration");
}

std::string draw(const std::vector<IterationRecord>& records, const std::vector<Curve>& seen,
                 const Frame& frame, std::string_view css_class, const std::string& alt) {
    const Axes axes = axes_of(records, seen, frame);
    std::string content = chart::vertical_axis(axes.cost, frame, "cost, logarithmic");
    content += iteration_axis(records, axes);
    for (const Curve& curve : seen) content += path(records, curve, axes);
    content += direct_labels(records.back(), seen, axes);
    return chart::drawing(frame, css_class, alt, content);
}

std::string legend(const IterationRecord& last, const std::vector<Curve>& seen) {
    std::string items;
    for (const Curve& curve : seen) {
        items += "<li><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"curve " +
                 std::string(curve.css_class) + "\" d=\"M0 5H28\"/></svg>" + std::string(curve.name) +
                 ", at the end " + html::number(curve.value(last.cost)) + "</li>\n";
    }
    return "<ul class=\"legend\">\n" + items + "</ul>\n";
}

}  // namespace

std::string cost_chart(std::span<const IterationRecord> all_records) {
    const std::vector<IterationRecord> records = thinned(all_records);
    const std::vector<Curve> seen = curves_of(records);
    if (seen.empty()) return "";
    const IterationRecord& first = records.front();
    const IterationRecord& last = records.back();
    std::string alt = "Curves of the cost and its terms against the iteration, on a logarithmic axis. ";
    for (const Curve& curve : seen) {
        alt += std::string(curve.name) + ": " + html::number(curve.value(first.cost)) + " at iteration " +
               html::count(first.iteration) + ", " + html::number(curve.value(last.cost)) + " at iteration " +
               html::count(last.iteration) + ". ";
    }
    return "<figure class=\"chart\">\n" + legend(last, seen) + draw(records, seen, wide, "wide", alt) +
           draw(records, seen, narrow, "narrow", alt) + "</figure>\n";
}

}  // namespace sae
