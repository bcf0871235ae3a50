#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sae/report/activation_summary.hpp"
#include "sweep_parts.hpp"
#include "words.hpp"

namespace sae {
namespace {

using Value = std::optional<double>;

/// Rows that differ in one quantity only, in the order of that quantity; at least two.
struct Series {
    std::string family;  ///< what the rows share
    Rows rows;
};

/// A number of a row that is compared.
struct Measure {
    std::string name;
    std::string unit;  ///< what follows a number: " %"
    Value (*of)(const SweepRow&);
};

Value finite(Value value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

Value of_summary(const SweepRow& row, double (*number)(const ActivationSummary&)) {
    const ActivationSummary summary = summarise(row.mean_activations);
    return summary.units > 0 ? finite(number(summary)) : std::nullopt;
}

double per_cent(Index part, Index all) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

const Measure beta{"beta", "", [](const SweepRow& row) { return Value(row.hyperparameters.beta); }};
const Measure train_error{"Training error", "", [](const SweepRow& row) { return finite(row.train_error); }};
const Measure test_error{"Test error", "", [](const SweepRow& row) { return finite(row.test_error); }};
const Measure ratio{"Test error / training error", "", [](const SweepRow& row) -> Value {
                        if (!row.train_error || !row.test_error || *row.train_error <= 0) return {};
                        return finite(*row.test_error / *row.train_error);
                    }};
const Measure mean_activation{"Mean activation", "", [](const SweepRow& row) {
                                  return of_summary(row, [](const auto& units) { return units.mean; });
                              }};
const Measure nearly_never{
    "Units nearly never active", " %", [](const SweepRow& row) {
        return of_summary(row, [](const auto& all) { return per_cent(all.nearly_never, all.units); });
    }};
const Measure nearly_always{
    "Units nearly always active", " %", [](const SweepRow& row) {
        return of_summary(row, [](const auto& all) { return per_cent(all.nearly_always, all.units); });
    }};

/// How many comparisons went down, up or nowhere (equal in the digits that are shown).
struct Tally {
    Index fell = 0, rose = 0, stayed = 0;

    void add(const Value& before, const Value& after) {
        if (!before || !after) return;
        ++(number(*before) == number(*after) ? stayed : *after < *before ? fell : rose);
    }
    [[nodiscard]] Index total() const { return fell + rose + stayed; }
};

struct Verbs {
    const char *fell, *rose, *stayed, *noun;
};
constexpr Verbs steps{"fell", "rose", "did not change", "step"};
constexpr Verbs pairs{"lower", "higher", "the same", "setting"};

/// "fell in 10 and rose in 1 of 11 steps", "fell in all 4 steps".
std::string words(const Tally& tally, const Verbs& verbs) {
    std::string text;
    for (const auto& [times, verb] : {std::pair(tally.fell, verbs.fell), std::pair(tally.rose, verbs.rose),
                                      std::pair(tally.stayed, verbs.stayed)}) {
        if (times == 0) continue;
        if (times == tally.total()) return verb + (times == 1 ? "" : " in all " + count(times, verbs.noun));
        text += (text.empty() ? "" : " and ") + std::string(verb) + " in " + count(times);
    }
    return text + " of " + count(tally.total(), verbs.noun);
}

/// Rho means nothing where beta is 0.
double rho_of(const SweepRow& row) {
    return row.hyperparameters.sparse() ? row.hyperparameters.rho : 0;
}

/// What rows share that differ in `without` only; they are sorted by it.
std::vector<double> key(const SweepRow& row, Quantity without, bool beta_too = false) {
    const auto unless = [&](Quantity quantity, double value) { return quantity == without ? 0 : value; };
    return {row.hyperparameters.sparse() ? 1.0 : 0.0,
            unless(Quantity::hidden, static_cast<double>(row.hidden)),
            unless(Quantity::images, static_cast<double>(row.train_count)),
            row.hyperparameters.lambda,
            beta_too ? 0 : row.hyperparameters.beta,
            unless(Quantity::rho, -rho_of(row))};
}

/// The rows with a result, each setting once.
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

/// Whether each hidden size has one beta only among sparse rows that are alike else.
bool beta_goes_with_hidden(const Rows& rows) {
    std::map<std::vector<double>, double> betas;
    return std::ranges::all_of(rows, [&](const SweepRow* row) {
        const double own = row->hyperparameters.beta;
        return betas.try_emplace(key(*row, Quantity::none, true), own).first->second == own;
    });
}

std::vector<Series> series_by(Quantity quantity, const Rows& rows, bool lambdas) {
    const bool beta_too = quantity == Quantity::hidden && beta_goes_with_hidden(rows);
    std::map<std::vector<double>, Rows> groups;
    for (const SweepRow* row : rows) {
        if (quantity == Quantity::rho && !row->hyperparameters.sparse()) continue;
        groups[key(*row, quantity, beta_too)].push_back(row);
    }
    std::vector<Series> all;
    for (auto& [unused, members] : groups) {
        if (members.size() < 2) continue;
        std::ranges::sort(members, {}, [](const SweepRow* row) { return key(*row, Quantity::none); });
        const bool one_beta = members.front()->hyperparameters.beta == members.back()->hyperparameters.beta;
        all.push_back({setting_words(*members.front(), lambdas, quantity, one_beta), members});
    }
    return all;
}

const SweepRow* plain_twin(const SweepRow& row, const Rows& rows) {
    const auto at = std::ranges::find_if(rows, [&](const SweepRow* other) {
        return !other->hyperparameters.sparse() && other->hidden == row.hidden &&
               other->train_count == row.train_count &&
               other->hyperparameters.lambda == row.hyperparameters.lambda;
    });
    return at == rows.end() ? nullptr : *at;
}

Tally tally(const std::vector<Series>& all, const Measure& measure) {
    Tally sum;
    for (const Series& series : all) {
        for (std::size_t i = 1; i < series.rows.size(); ++i)
            sum.add(measure.of(*series.rows[i - 1]), measure.of(*series.rows[i]));
    }
    return sum;
}

/// A group of findings: an introduction and an item a measure; nothing if there is nothing to compare.
void add_group(Json& groups, const std::string& intro, const std::vector<Measure>& measures,
               const Verbs& verbs, const std::function<Tally(const Measure&)>& tally_of) {
    Json items = Json::array();
    for (const Measure& measure : measures) {
        const Tally all = tally_of(measure);
        if (all.total() > 0) items.push_back(measure.name + ": " + words(all, verbs) + '.');
    }
    if (!items.empty()) groups.push_back({{"intro", intro + ':'}, {"items", items}});
}

void add_step_group(Json& groups, const std::string& intro, const std::vector<Measure>& measures,
                    const std::vector<Series>& all) {
    add_group(groups, intro, measures, steps, [&](const Measure& measure) { return tally(all, measure); });
}

/// The sparse settings compared with the same without the sparsity term.
void add_plain_group(Json& groups, const std::vector<Measure>& measures, const Rows& rows) {
    const auto tally_of = [&](const Measure& measure) {
        Tally sum;
        for (const SweepRow* row : rows) {
            const SweepRow* plain = row->hyperparameters.sparse() ? plain_twin(*row, rows) : nullptr;
            if (plain) sum.add(measure.of(*plain), measure.of(*row));
        }
        return sum;
    };
    add_group(groups, "With the sparsity term, compared with the same setting without it", measures, pairs,
              tally_of);
}

/// How near the mean activations come to the rho that was asked for.
void add_rho_group(Json& groups, const Rows& rows) {
    Tally sides;
    std::vector<double> times;
    for (const SweepRow* row : rows) {
        const Value mean = mean_activation.of(*row);
        if (!row->hyperparameters.sparse() || !mean) continue;
        sides.add(row->hyperparameters.rho, *mean);
        times.push_back(*mean / row->hyperparameters.rho);
    }
    if (times.empty()) return;
    const auto [least, most] = std::ranges::minmax(times);
    const std::string from = number(least), to = number(most);
    groups.push_back({{"intro", "Compared with rho:"},
                      {"items",
                       {"Mean activation: " + words(sides, pairs) + ", " +
                        (from == to ? to : from + " to " + to) + " times rho."}}});
}

bool has_value(const Measure& measure, const Rows& rows) {
    return std::ranges::any_of(rows, [&](const SweepRow* row) { return measure.of(*row).has_value(); });
}

/// One cell a heading: the measure of the row that belongs there, or a dash.
Json cells_of(const Measure& measure, const std::map<std::string, const SweepRow*>& places,
              const std::vector<std::string>& headings) {
    Json cells = Json::array();
    for (const std::string& name : headings) {
        const auto row = places.find(name);
        const Value value = row == places.end() ? std::nullopt : measure.of(*row->second);
        cells.push_back({{"name", name}, {"value", value ? number(*value) + measure.unit : "–"}});
    }
    return cells;
}

/// The measures of all series in numbers: a column for each value of the quantity.
Json comparison(const std::string& topic, Quantity quantity, const std::vector<Series>& all,
                const std::vector<Measure>& measures, const Rows& twins) {
    std::map<double, std::string> order;
    Json families = Json::array();
    const auto place = [&](const SweepRow& row) {
        return quantity == Quantity::hidden   ? static_cast<double>(row.hidden)
               : quantity == Quantity::images ? static_cast<double>(row.train_count)
                                              : -row.hyperparameters.rho;
    };
    const auto twin_of = [&](const Series& series) {
        return quantity == Quantity::rho ? plain_twin(*series.rows.front(), twins) : nullptr;
    };
    for (const Series& series : all) {
        for (const SweepRow* row : series.rows) order[place(*row)] = heading(*row, quantity);
        if (const SweepRow* twin = twin_of(series)) order[-HUGE_VAL] = heading(*twin, quantity);
    }
    std::vector<std::string> headings;
    for (const auto& [unused, name] : order) headings.push_back(name);
    for (const Series& series : all) {
        std::map<std::string, const SweepRow*> places;
        for (const SweepRow* row : series.rows) places[heading(*row, quantity)] = row;
        if (const SweepRow* twin = twin_of(series)) places[heading(*twin, quantity)] = twin;
        Json lines = Json::array();
        for (const Measure& measure : measures) {
            const Tally changes = tally({series}, measure);
            const bool constant = measure.name == beta.name && changes.stayed == changes.total();
            if (has_value(measure, series.rows) && !constant)
                lines.push_back({{"name", measure.name}, {"cells", cells_of(measure, places, headings)}});
        }
        families.push_back({{"name", series.family}, {"lines", lines}});
    }
    return {{"topic", topic},
            {"headings", headings},
            {"columns", std::to_string(headings.size() + 1)},
            {"families", families}};
}

/// Shares of units that are not 0 in all rows.
std::vector<Measure> with_shares(std::vector<Measure> measures, const Rows& rows) {
    for (const Measure& share : {nearly_never, nearly_always}) {
        if (std::ranges::any_of(rows, [&](const SweepRow* row) { return share.of(*row).value_or(0) > 0; }))
            measures.push_back(share);
    }
    return measures;
}

std::string beta_remark(const std::vector<Series>& all) {
    const Tally changes = tally(all, beta);
    const Index changed = changes.total() - changes.stayed;
    if (changed == 0) return "";
    return "beta changes as well in " + count(changed) + " of " + count(changes.total(), "step") + '.';
}

}  // namespace

void add_findings(const std::vector<SweepRow>& rows, Json& data) {
    const Rows compared = comparable(rows);
    const bool lambdas = several_lambdas(rows);
    data["findings"] = data["comparisons"] = Json::array();
    const auto add = [&](const std::string& topic, Quantity quantity, const std::vector<Series>& all,
                         const Json& groups, const std::vector<Measure>& measures) {
        if (!groups.empty()) data["findings"].push_back({{"topic", topic}, {"groups", groups}});
        const bool known = std::ranges::any_of(all, [&](const Series& series) {
            return std::ranges::any_of(measures, [&](const Measure& m) { return has_value(m, series.rows); });
        });
        if (known) data["comparisons"].push_back(comparison(topic, quantity, all, measures, compared));
    };

    std::vector<Measure> errors{train_error, test_error};
    Json groups = Json::array();
    std::vector<Series> all = series_by(Quantity::hidden, compared, lambdas);
    add_step_group(groups,
                   "From each number of hidden units to the next larger one, with the same images, "
                   "lambda and rho",
                   errors, all);
    const std::string remark = beta_remark(all);
    if (!groups.empty() && !remark.empty()) groups[0]["items"].push_back(remark);
    add("More hidden units", Quantity::hidden, all, groups,
        remark.empty() ? errors : std::vector{beta, train_error, test_error});

    groups = Json::array();
    all = series_by(Quantity::images, compared, lambdas);
    add_step_group(groups, "From each number of training images to the next larger one, with all else equal",
                   errors, all);
    add("More training images", Quantity::images, all, groups, {train_error, test_error, ratio});

    groups = Json::array();
    all = series_by(Quantity::rho, compared, lambdas);
    const std::vector<Measure> measures = with_shares({mean_activation, test_error}, compared);
    add_step_group(groups, "From each rho to the next smaller one, with all else equal", measures, all);
    add_plain_group(groups, measures, compared);
    if (!groups.empty()) add_rho_group(groups, compared);
    add("Sparsity", Quantity::rho, all, groups, measures);
}

}  // namespace sae
