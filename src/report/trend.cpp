#include <algorithm>
#include <cmath>

#include "html.hpp"
#include "series.hpp"
#include "words.hpp"

namespace sae {
namespace {

std::optional<double> finite(std::optional<double> value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<double> of_summary(const SweepRow& row, double (*number)(const ActivationSummary&)) {
    const ActivationSummary summary = summarise(row.mean_activations);
    if (summary.units == 0) return std::nullopt;
    return finite(number(summary));
}

double per_cent(Index units, const ActivationSummary& summary) {
    return 100.0 * static_cast<double>(units) / static_cast<double>(summary.units);
}

/// The measure of every row, or nothing if one lacks it.
std::optional<std::vector<double>> values_of(const Measure& measure, const Series& series) {
    std::vector<double> values;
    for (const SweepRow* row : series.rows) {
        const std::optional<double> value = measure.of(*row);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    return values;
}

}  // namespace

const Measure test_error{"test reconstruction error", "",
                         [](const SweepRow& row) { return finite(row.test_error); }};
const Measure train_error{"training reconstruction error", "",
                          [](const SweepRow& row) { return finite(row.train_error); }};
const Measure mean_activation{"mean activation", "", [](const SweepRow& row) {
                                  return of_summary(row, [](const auto& summary) { return summary.mean; });
                              }};
const Measure nearly_never_share{
    "share of units that are nearly never active", " %", [](const SweepRow& row) {
        return of_summary(row, [](const auto& summary) { return per_cent(summary.nearly_never, summary); });
    }};
const Measure nearly_always_share{
    "share of units that are nearly always active", " %", [](const SweepRow& row) {
        return of_summary(row, [](const auto& summary) { return per_cent(summary.nearly_always, summary); });
    }};

std::string shown(const Measure& measure, double value) {
    return html::number(value) + std::string(measure.unit);
}

std::optional<std::string> trend(const Measure& measure, const Series& series) {
    const auto values = values_of(measure, series);
    if (!values) return std::nullopt;
    const std::string first = shown(measure, values->front());
    const std::string last = shown(measure, values->back());
    Tally steps;
    for (std::size_t i = 1; i < values->size(); ++i) steps.add((*values)[i - 1], (*values)[i]);
    const std::string name = "the " + std::string(measure.name) + ' ';
    const std::string from_to = first + " to " + last;
    const std::string every = steps.total() > 1 ? " at every step," : "";
    if (steps.stayed == steps.total()) return name + "did not change (" + first + ')';
    if (steps.fell == steps.total()) return name + "fell" + every + " from " + from_to;
    if (steps.rose == steps.total()) return name + "rose" + every + " from " + from_to;
    std::string text = name + "went from " + from_to;
    const auto lowest = std::min_element(values->begin(), values->end());
    const auto highest = std::max_element(values->begin(), values->end());
    const auto place = [&](auto at) { return series.places[static_cast<std::size_t>(at - values->begin())]; };
    return text + ", lowest (" + shown(measure, *lowest) + ") at " + place(lowest) + " and highest (" +
           shown(measure, *highest) + ") at " + place(highest);
}

void Tally::add(double before, double after) {
    if (html::number(before) == html::number(after)) {
        ++stayed;
    } else {
        ++(after < before ? fell : rose);
    }
}

Tally tally(const Measure& measure, const std::vector<Series>& all) {
    Tally sum;
    for (const Series& series : all) {
        const auto values = values_of(measure, series);
        if (!values) continue;
        for (std::size_t i = 1; i < values->size(); ++i) sum.add((*values)[i - 1], (*values)[i]);
    }
    return sum;
}

std::string words(const Tally& tally, std::string_view fell, std::string_view rose, std::string_view stayed) {
    std::vector<std::string> parts;
    for (const auto& [number, verb] :
         {std::pair(tally.fell, fell), std::pair(tally.rose, rose), std::pair(tally.stayed, stayed)}) {
        if (number == 0) continue;
        if (number == tally.total()) {
            return std::string(verb) + (number == 1 ? "" : " in all " + html::count(number));
        }
        parts.push_back(std::string(verb) + " in " + html::count(number));
    }
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    }
    return text;
}

}  // namespace sae
