#include "sae/report/run_report.hpp"

#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "words.hpp"

namespace sae {
namespace {

using Records = std::vector<IterationRecord>;

Json cards(const RunReport& report) {
    NamedValues values;
    if (!report.iterations.empty()) {
        const IterationRecord& last = report.iterations.back();
        values.emplace_back("Cost", number(last.cost.total()));
        if (report.train_error) values.emplace_back("Training error", number(report.train_error));
        if (report.test_error) values.emplace_back("Test error", number(report.test_error));
        values.emplace_back("Iterations", count(last.iteration));
    }
    values.emplace_back("Evaluations", count(report.evaluations));
    values.emplace_back("Time", duration(report.seconds));
    return named(values);
}

/// At most `most` of the records, at even distances, the last among them.
Records thinned(const Records& records, std::size_t most) {
    if (records.size() <= most) return records;
    Records kept;
    for (std::size_t i = 0; i < most; ++i) kept.push_back(records[i * (records.size() - 1) / (most - 1)]);
    return kept;
}

/// Iterations 1, 2, 5, 10, 20, 50, ... and the first and the last.
Records milestones(const Records& records) {
    Records kept;
    Index next = 0;
    Index decade = 1;
    for (const IterationRecord& record : records) {
        if (record.iteration < next && &record != &records.back()) continue;
        kept.push_back(record);
        while (next <= record.iteration) {
            if (next >= 5 * decade) decade *= 10;
            next = next < decade ? decade : next < 2 * decade ? 2 * decade : 5 * decade;
        }
    }
    return kept;
}

Json cost_rows(const Records& records) {
    Json rows = Json::array();
    for (const IterationRecord& record : milestones(records)) {
        const CostTerms& cost = record.cost;
        rows.push_back({{"iteration", count(record.iteration)},
                        {"cells", named({{"Evaluations", count(record.evaluations)},
                                         {"Cost", number(cost.total())},
                                         {"Reconstruction", number(cost.reconstruction)},
                                         {"Weight decay", number(cost.weight_decay)},
                                         {"Sparsity", number(cost.sparsity)},
                                         {"Gradient norm", number(record.gradient_norm)}})}});
    }
    return rows;
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
    constexpr std::size_t most_points = 800;  // nobody sees more
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

Json cost(const Records& records) {
    if (records.empty()) return nullptr;
    return {{"chart", cost_chart(records)}, {"rows", cost_rows(records)}};
}

/// A dot for each hidden unit, in rising order, and a line for the rho that the objective asks for.
Json activation_chart(const RunReport& report) {
    constexpr double least = 1e-6;           // smaller ones are drawn there
    constexpr std::size_t most_dots = 2000;  // more would only lie on each other
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
    const std::size_t drawn = std::min(sorted.size(), most_dots);
    for (std::size_t i = 0; i < drawn; ++i) {
        const std::size_t unit = drawn == 1 ? 0 : i * (sorted.size() - 1) / (drawn - 1);
        dots.points.emplace_back((static_cast<double>(unit) + 0.5) / static_cast<double>(sorted.size()),
                                 std::max(sorted[unit], least));
    }
    chart.curves.push_back(std::move(dots));
    if (report.hyperparameters.sparse()) {
        const std::string rho = number(report.hyperparameters.rho);
        chart.label += " A dashed line marks rho, " + rho + '.';
        chart.curves.push_back(
            {"rho " + rho, "rho", {{0, report.hyperparameters.rho}, {1, report.hyperparameters.rho}}});
    }
    return chart_data(chart);
}

Json activations(const RunReport& report) {
    const ActivationSummary summary = summarise(report.mean_activations);
    if (summary.units == 0) return nullptr;
    return {{"lowest", number(summary.lowest)},      {"median", number(summary.median)},
            {"highest", number(summary.highest)},    {"mean", number(summary.mean)},
            {"never", count(summary.nearly_never)},  {"always", count(summary.nearly_always)},
            {"units", count(summary.units, "unit")}, {"chart", activation_chart(report)}};
}

Json pair_of(const std::string& whose, const PngBytes& input, const PngBytes& decoded) {
    if (input.empty() || decoded.empty()) return nullptr;
    return {{"whose", whose},
            {"input", picture(input, "Grid of the first " + whose + ".")},
            {"decoded", picture(decoded, "The same grid as the autoencoder reconstructs it.")}};
}

Json reconstruction(const RunReport& report) {
    Json data;
    if (report.train_error) data["train_error"] = number(*report.train_error);
    if (report.test_error) data["test_error"] = number(*report.test_error);
    if (report.train_error && report.test_error && *report.train_error > 0)
        data["ratio"] = number(*report.test_error / *report.train_error);
    for (const Json& pair : {pair_of("training images", report.train_input, report.train_decoded),
                             pair_of("test images", report.test_input, report.test_decoded)})
        if (!pair.is_null()) data["shown"].push_back(pair);
    return data;
}

}  // namespace

std::string run_report(const RunReport& report) {
    const auto hidden = static_cast<Index>(report.mean_activations.size());
    Json data{{"cards", cards(report)},
              {"outcome", prose(report.outcome)},
              {"cost", cost(report.iterations)},
              {"reconstruction", reconstruction(report)},
              {"weights", picture(report.weights, "Grid of the inputs that excite each hidden unit most.")},
              {"empty_cells", report.empty_cells},
              {"activations", activations(report)},
              {"pairs", pairs(report.train_data, report.test_data, report.settings, report.made_by)},
              {"sha256", report.model_sha256}};
    if (hidden > 0) data["hidden"] = count(hidden, "hidden unit");
    if (report.hyperparameters.sparse())
        data["sparse"] = {{"rho", number(report.hyperparameters.rho)},
                          {"beta", number(report.hyperparameters.beta)}};
    return page({{"title", report.name}, {"run", data}});
}

}  // namespace sae
