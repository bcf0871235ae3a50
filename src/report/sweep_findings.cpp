#include <algorithm>
#include <cmath>
#include <map>

#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "sae/report/words.hpp"
#include "sweep_parts.hpp"

namespace sae {
namespace {

/// A heading, what its settings differ in, and what is compared.
struct Topic {
    std::string title;
    Quantity quantity;
    std::string steps;                  ///< which settings are neighbours
    std::vector<std::string> measures;  ///< names in numbers_of()
};

const Topic topics[] = {
    {"More hidden units",
     Quantity::hidden,
     "From each number of hidden units to the next larger one, with the same images, lambda and rho",
     {"beta", "Training error", "Test error"}},
    {"More training images",
     Quantity::images,
     "From each number of training images to the next larger one, with all else equal",
     {"Training error", "Test error", "Test error / training error"}},
    {"Sparsity",
     Quantity::rho,
     "From each rho to the next smaller one, with all else equal",
     {"Mean activation", "Test error", "Units nearly never active", "Units nearly always active"}}};

std::string unit_of(const std::string& measure) {
    return measure.starts_with("Units") ? " %" : "";
}

/// What is compared of a row; what is missing or not finite is left out.
Json numbers_of(const SweepRow& row) {
    Json numbers{{"beta", row.hyperparameters.beta}};
    const auto add = [&](const char* measure, const std::optional<double>& value) {
        if (value && std::isfinite(*value)) numbers[measure] = *value;
    };
    add("Training error", row.train_error);
    add("Test error", row.test_error);
    if (row.train_error && row.test_error && *row.train_error > 0)
        add("Test error / training error", *row.test_error / *row.train_error);
    const ActivationSummary units = summarise(row.mean_activations);
    if (units.units == 0) return numbers;
    add("Mean activation", units.mean);
    add("Units nearly never active", units.per_cent(units.nearly_never));
    add("Units nearly always active", units.per_cent(units.nearly_always));
    return numbers;
}

/// Null where the row has none.
Json number_of(const SweepRow& row, const std::string& measure) {
    return numbers_of(row).value(measure, Json());
}

/// Whether the measure says something of the rows: some have it, and it is not the same in all.
bool differs(const std::string& measure, const Rows& rows) {
    return std::ranges::any_of(rows, [&](const SweepRow* row) {
        return number_of(*row, measure) != number_of(*rows.front(), measure);
    });
}

/// What rows share that differ in `without` only; they are sorted by it. Without the sparsity term rho means
/// nothing.
std::vector<double> key(const SweepRow& row, Quantity without, bool beta_too = false) {
    const auto unless = [&](Quantity quantity) { return quantity == without ? 0 : place(row, quantity); };
    return {row.hyperparameters.sparse() ? 1.0 : 0.0,
            unless(Quantity::hidden),
            unless(Quantity::images),
            row.hyperparameters.lambda,
            beta_too ? 0 : row.hyperparameters.beta,
            unless(Quantity::rho)};
}

/// The rows with a result, each setting once, sorted by key().
Rows comparable(const std::vector<SweepRow>& rows) {
    std::map<std::vector<double>, const SweepRow*> best;
    for (const SweepRow& row : rows) {
        if (row.model_sha256.empty()) continue;
        const auto [at, is_new] = best.try_emplace(key(row, Quantity::none), &row);
        if (!is_new && row.cost.total() < at->second->cost.total()) at->second = &row;
    }
    Rows kept;
    for (const auto& [unused, row] : best) kept.push_back(row);
    return kept;
}

/// Whether all sparse rows with the same hidden size, which are equal otherwise, have the same beta.
bool beta_goes_with_hidden(const Rows& rows) {
    std::map<std::vector<double>, double> betas;
    return std::ranges::all_of(rows, [&](const SweepRow* row) {
        const double own = row->hyperparameters.beta;
        return betas.try_emplace(key(*row, Quantity::none, true), own).first->second == own;
    });
}

/// Rows that differ in one quantity only, in the order of that quantity; at least two.
struct Series {
    std::string family;  ///< what the rows share
    Rows rows;
};

/// Along rho the first row is the one without the sparsity term, if there is one.
std::vector<Series> series_by(Quantity quantity, const Rows& rows, bool lambdas) {
    const bool beta_too = quantity == Quantity::hidden && beta_goes_with_hidden(rows);
    std::map<std::vector<double>, Rows> groups;
    for (const SweepRow* row : rows) {
        if (quantity == Quantity::rho && !row->hyperparameters.sparse()) continue;
        groups[key(*row, quantity, beta_too)].push_back(row);
    }
    std::vector<Series> all;
    for (auto& [unused, members] : groups) {
        const SweepRow& first = *members.front();
        const bool one_beta = first.hyperparameters.beta == members.back()->hyperparameters.beta;
        const auto is_plain_twin = [&](const SweepRow* row) {
            return quantity == Quantity::rho && !row->hyperparameters.sparse() &&
                   row->hidden == first.hidden && row->train_count == first.train_count &&
                   row->hyperparameters.lambda == first.hyperparameters.lambda;
        };
        if (const auto twin = std::ranges::find_if(rows, is_plain_twin); twin != rows.end())
            members.insert(members.begin(), *twin);
        if (members.size() >= 2) all.push_back({setting_words(first, lambdas, quantity, one_beta), members});
    }
    return all;
}

struct Verbs {
    const char *fell, *rose, *stayed, *noun;
};
constexpr Verbs steps{"fell", "rose", "did not change", "step"};
constexpr Verbs levels{"lower", "higher", "the same", "setting"};

/// How many comparisons went down, up or nowhere (equal in the digits that are shown).
struct Tally {
    Index fell = 0, rose = 0, stayed = 0;

    void add(const Json& before, const Json& after) {
        if (before.is_null() || after.is_null()) return;
        const double from = before.get<double>(), to = after.get<double>();
        ++(number(from) == number(to) ? stayed : to < from ? fell : rose);
    }
    [[nodiscard]] Index total() const { return fell + rose + stayed; }

    /// "fell in 10 and rose in 1 of 11 steps", "fell in all 4 steps".
    [[nodiscard]] std::string words(const Verbs& verbs) const {
        std::string text;
        for (const auto& [times, verb] :
             {std::pair(fell, verbs.fell), std::pair(rose, verbs.rose), std::pair(stayed, verbs.stayed)}) {
            if (times == 0) continue;
            if (times == total()) return verb + (times == 1 ? "" : " in all " + counted(times, verbs.noun));
            text += (text.empty() ? "" : " and ") + std::string(verb) + " in " + count(times);
        }
        return text + " of " + counted(total(), verbs.noun);
    }
};

/// Rows that are compared, the earlier first.
using Pairs = std::vector<std::pair<const SweepRow*, const SweepRow*>>;

/// Neighbours in a series; the step from no sparsity term to a rho is none.
Pairs steps_of(const std::vector<Series>& all) {
    Pairs pairs;
    for (const auto& [unused, rows] : all)
        for (std::size_t i = 1; i < rows.size(); ++i)
            if (rows[i - 1]->hyperparameters.sparse() == rows[i]->hyperparameters.sparse())
                pairs.emplace_back(rows[i - 1], rows[i]);
    return pairs;
}

/// Each sparse row of a series with the one without the sparsity term.
Pairs plain_pairs_of(const std::vector<Series>& all) {
    Pairs pairs;
    for (const auto& [unused, rows] : all)
        for (const SweepRow* row : rows)
            if (row->hyperparameters.sparse() && !rows.front()->hyperparameters.sparse())
                pairs.emplace_back(rows.front(), row);
    return pairs;
}

/// A group of findings: an introduction and an item for each measure that changes anywhere, if there are any.
void add_group(Json& groups, const std::string& intro, const std::vector<std::string>& measures,
               const Verbs& verbs, const Pairs& pairs) {
    Json items = Json::array();
    for (const std::string& measure : measures) {
        Tally all;
        bool changes = false;
        for (const auto& [before, after] : pairs) {
            const Json from = number_of(*before, measure), to = number_of(*after, measure);
            all.add(from, to);
            changes = changes || from != to;
        }
        if (changes && all.total() > 0) items.push_back(measure + ": " + all.words(verbs) + '.');
    }
    if (!items.empty()) groups.push_back({{"intro", intro + ':'}, {"items", items}});
}

/// How near the mean activations come to the rho that was asked for.
void add_rho_group(Json& groups, const Rows& rows) {
    Tally sides;
    std::vector<double> times;
    for (const SweepRow* row : rows) {
        const Json mean = number_of(*row, "Mean activation");
        if (!row->hyperparameters.sparse() || mean.is_null()) continue;
        sides.add(row->hyperparameters.rho, mean);
        times.push_back(mean.get<double>() / row->hyperparameters.rho);
    }
    if (times.empty()) return;
    const auto [least, most] = std::ranges::minmax(times);
    const std::string from = number(least), to = number(most);
    groups.push_back({{"intro", "Compared with rho:"},
                      {"items",
                       {"Mean activation: " + sides.words(levels) + ", " +
                        (from == to ? to : from + " to " + to) + " times rho."}}});
}

/// The measures of all series in numbers: a column for each value of the quantity.
Json comparison(const Topic& topic, const std::vector<Series>& all) {
    std::map<double, std::string> columns;
    for (const auto& [unused, rows] : all)
        for (const SweepRow* row : rows) columns[place(*row, topic.quantity)] = heading(*row, topic.quantity);
    Json families = Json::array(), headings = Json::array();
    for (const auto& [unused, name] : columns) headings.push_back(name);
    for (const auto& [family, rows] : all) {
        std::map<double, const SweepRow*> places;
        for (const SweepRow* row : rows) places[place(*row, topic.quantity)] = row;
        Json lines = Json::array();
        for (const std::string& measure : topic.measures) {
            if (!differs(measure, rows)) continue;
            Json cells = Json::array();
            for (const auto& [at, name] : columns)
                cells.push_back(cell(name, places.contains(at) ? number_of(*places[at], measure) : Json(),
                                     unit_of(measure)));
            lines.push_back({{"name", measure}, {"cells", cells}});
        }
        if (!lines.empty()) families.push_back({{"name", family}, {"lines", lines}});
    }
    return {{"topic", topic.title},
            {"headings", headings},
            {"columns", columns.size() + 1},
            {"families", families}};
}

}  // namespace

void add_findings(const std::vector<SweepRow>& rows, Json& data) {
    const Rows compared = comparable(rows);
    data["findings"] = data["comparisons"] = Json::array();
    for (const Topic& topic : topics) {
        const std::vector<Series> all = series_by(topic.quantity, compared, several_lambdas(rows));
        Json groups = Json::array();
        add_group(groups, topic.steps, topic.measures, steps, steps_of(all));
        add_group(groups, "With the sparsity term, compared with the same setting without it", topic.measures,
                  levels, plain_pairs_of(all));
        if (topic.quantity == Quantity::rho && !groups.empty()) add_rho_group(groups, compared);
        if (!groups.empty()) data["findings"].push_back({{"topic", topic.title}, {"groups", groups}});
        const Json numbers = comparison(topic, all);
        if (!numbers["families"].empty()) data["comparisons"].push_back(numbers);
    }
}

}  // namespace sae
