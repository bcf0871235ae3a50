#include "sae/report/run_report.hpp"

#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

using Records = std::vector<IterationRecord>;

/// At most `most` of the values, at even distances, the last among them.
template <class T>
std::vector<T> thinned(const std::vector<T>& values, std::size_t most) {
    if (values.size() <= most) return values;
    std::vector<T> kept;
    for (std::size_t i = 0; i < most; ++i) kept.push_back(values[i * (values.size() - 1) / (most - 1)]);
    return kept;
}

Json cards(const RunReport& report) {
    Json list = Json::array();
    const auto add = [&](const char* name, const Json& value) {
        if (!value.is_null()) list.push_back({{"name", name}, {"value", value}});
    };
    if (!report.iterations.empty()) {
        add("Cost", report.iterations.back().cost.total());
        add("Training error", maybe(report.train_error));
        add("Test error", maybe(report.test_error));
        add("Iterations", report.iterations.back().iteration);
    }
    add("Evaluations", report.evaluations);
    add("Time", report.seconds < 10 ? number(report.seconds) + " s" : duration_text(report.seconds));
    return list;
}

/// The milestones, the first and the last.
Json cost_table(const Records& records) {
    std::vector<std::vector<Json>> rows;
    for (const IterationRecord& record : records) {
        const bool at_end = &record == &records.front() || &record == &records.back();
        if (!at_end && !is_milestone(record.iteration)) continue;
        rows.push_back({cell("Iteration", record.iteration), cell("Evaluations", record.evaluations),
                        cell("Cost", record.cost.total()), cell("Reconstruction", record.cost.reconstruction),
                        cell("Weight decay", record.cost.weight_decay),
                        cell("Sparsity", record.cost.sparsity), cell("Gradient norm", record.gradient_norm)});
    }
    return table(rows, {{"caption", "The same in numbers"}, {"style", ""}});
}

struct Term {
    const char* name;
    const char* style;
    double (*value)(const CostTerms&);
};

constexpr Term terms[] = {
    {"cost", "total", [](const CostTerms& cost) { return cost.total(); }},
    {"reconstruction", "reconstruction", [](const CostTerms& cost) { return cost.reconstruction; }},
    {"weight decay", "decay", [](const CostTerms& cost) { return cost.weight_decay; }},
    {"sparsity", "sparsity", [](const CostTerms& cost) { return cost.sparsity; }},
};

/// Cost and its terms against the iteration; terms that are 0 throughout are left out.
Json cost_chart(const Records& all) {
    constexpr std::size_t most_points = 800;  // more cannot be seen
    const Records records = thinned(all, most_points);
    const Index first = records.front().iteration, last = records.back().iteration;
    Chart chart;
    chart.label = "Curves of the cost and its terms against the iteration, on a logarithmic axis.";
    chart.vertical = "cost and its terms, logarithmic";
    chart.left = count(first);
    chart.middle = "iteration";
    chart.right = last > first ? count(last) : "";
    for (const Term& term : terms) {
        Curve curve{term.name, term.style, {}};
        for (const IterationRecord& record : records) {
            const auto done = static_cast<double>(record.iteration - first);
            curve.points.emplace_back(done / static_cast<double>(std::max<Index>(last - first, 1)),
                                      term.value(record.cost));
        }
        const auto has_place = [](const auto& point) { return drawable(point.second); };
        if (std::ranges::none_of(curve.points, has_place)) continue;
        chart.label += std::string(" ") + term.name + ": " + number(curve.points.front().second) +
                       " at iteration " + count(first) + ", " + number(curve.points.back().second) +
                       " at iteration " + count(last) + '.';
        chart.curves.push_back(std::move(curve));
    }
    return chart_data(chart);
}

/// A dot for each hidden unit, in rising order, and a line for the rho that the objective asks for.
Json activation_chart(const RunReport& report) {
    constexpr double least = 1e-6;           // smaller ones are drawn there
    constexpr std::size_t most_dots = 2000;  // more would cover each other
    std::vector<double> sorted;
    std::ranges::copy_if(report.mean_activations, std::back_inserter(sorted),
                         [](double value) { return std::isfinite(value); });
    if (sorted.empty()) return nullptr;
    std::ranges::sort(sorted);
    Chart chart;
    chart.label = "A dot for each hidden unit at its mean activation, in rising order, from " +
                  number(sorted.front()) + " to " + number(sorted.back()) + '.';
    chart.vertical = "mean activation, logarithmic";
    chart.middle = "hidden units, from the least to the most active";
    Curve dots{"", "dots", {}};
    const std::vector<double> shown = thinned(sorted, most_dots);
    for (const double value : shown) {
        const double place =
            (static_cast<double>(dots.points.size()) + 0.5) / static_cast<double>(shown.size());
        dots.points.emplace_back(place, std::max(value, least));
    }
    chart.curves.push_back(std::move(dots));
    if (report.hyperparameters.sparse()) {
        const double rho = report.hyperparameters.rho;
        chart.label += " A dashed line marks rho, " + number(rho) + '.';
        chart.curves.push_back({"rho " + number(rho), "rho", {{0, rho}, {1, rho}}});
    }
    return chart_data(chart);
}

Json activations(const RunReport& report) {
    const ActivationSummary summary = summarise(report.mean_activations);
    if (summary.units == 0) return nullptr;
    return {{"lowest", summary.lowest},
            {"median", summary.median},
            {"highest", summary.highest},
            {"mean", summary.mean},
            {"never", summary.nearly_never},
            {"always", summary.nearly_always},
            {"units", counted(summary.units, "unit")},
            {"chart", activation_chart(report)}};
}

Json reconstruction(const RunReport& report) {
    Json data;
    if (report.train_error) data["train_error"] = *report.train_error;
    if (report.test_error) data["test_error"] = *report.test_error;
    if (report.train_error && report.test_error && *report.train_error > 0)
        data["ratio"] = *report.test_error / *report.train_error;
    const auto add = [&](const std::string& whose, const PngBytes& input, const PngBytes& decoded) {
        if (input.empty() || decoded.empty()) return;
        data["shown"].push_back(
            {{"whose", whose},
             {"input", picture(input, "Grid of the first " + whose + ".")},
             {"decoded", picture(decoded, "The same grid as the autoencoder reconstructs it.")}});
    };
    add("training images", report.train_input, report.train_decoded);
    add("test images", report.test_input, report.test_decoded);
    return data;
}

}  // namespace

std::string run_report(const RunReport& report) {
    Json data{{"cards", cards(report)},
              {"outcome", prose(report.outcome)},
              {"reconstruction", reconstruction(report)},
              {"weights", picture(report.weights, "Grid of the inputs that excite each hidden unit most.")},
              {"empty_cells", report.empty_cells},
              {"activations", activations(report)},
              {"pairs", pairs(report.train_data, report.test_data, report.settings, report.made_by)},
              {"sha256", report.model_sha256}};
    if (!report.iterations.empty())
        data["cost"] = {{"chart", cost_chart(report.iterations)}, {"table", cost_table(report.iterations)}};
    if (!report.mean_activations.empty())
        data["hidden"] = counted(std::ssize(report.mean_activations), "hidden unit");
    if (report.hyperparameters.sparse())
        data["sparse"] = {{"rho", report.hyperparameters.rho}, {"beta", report.hyperparameters.beta}};
    return page({{"title", report.name}, {"run", data}});
}

}  // namespace sae
