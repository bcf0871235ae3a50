#include "series.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "html.hpp"
#include "words.hpp"

namespace sae {
namespace {

using Rows = std::vector<const SweepRow*>;

/// Rho means nothing where beta is 0.
double rho_of(const SweepRow& row) {
    return row.hyperparameters.sparse() ? row.hyperparameters.rho : 0;
}

auto setting(const SweepRow& row) {
    return std::tuple(row.hidden, row.train_count, row.hyperparameters.lambda, row.hyperparameters.beta,
                      rho_of(row));
}

/// ", lambda 0.0001" where the rows have several, else nothing.
std::string lambda_words(const Rows& rows, const SweepRow& row) {
    const bool several = std::any_of(rows.begin(), rows.end(), [&](const SweepRow* other) {
        return other->hyperparameters.lambda != row.hyperparameters.lambda;
    });
    return several ? ", lambda " + html::number(row.hyperparameters.lambda) : "";
}

/// What a series goes along: how rows are sorted by it, and how it is said, "50" and " hidden units".
struct Quantity {
    bool (*before)(const SweepRow&, const SweepRow&);
    std::string_view prefix;
    std::string (*number)(const SweepRow&);
    std::string_view noun;  ///< of numbers other than 1
};

std::string place_of(const Quantity& quantity, const SweepRow& row) {
    const std::string number = quantity.number(row);
    std::string noun(quantity.noun);
    if (number == "1" && !noun.empty()) noun.pop_back();
    return std::string(quantity.prefix) + number + noun;
}

/// The series of rows with equal keys that hold at least two rows.
template <typename Key, typename Family>
std::vector<Series> series_by(const Rows& rows, const Quantity& quantity, Key key, Family family) {
    std::map<decltype(key(*rows.front())), Rows> groups;
    for (const SweepRow* row : rows) groups[key(*row)].push_back(row);
    std::vector<Series> all;
    for (auto& [shared, members] : groups) {
        if (members.size() < 2) continue;
        std::stable_sort(members.begin(), members.end(),
                         [&](const SweepRow* a, const SweepRow* b) { return quantity.before(*a, *b); });
        Series series{family(members) + lambda_words(rows, *members.front()), members, {}, ""};
        for (const SweepRow* row : members) series.places.push_back(place_of(quantity, *row));
        series.span = "from " + std::string(quantity.prefix) + quantity.number(*members.front()) + " to " +
                      quantity.number(*members.back()) + std::string(quantity.noun);
        all.push_back(std::move(series));
    }
    return all;
}

/// "beta 0.1", or "beta 0.2, 0.1, 0.01 in turn".
std::string beta_words(const Rows& rows) {
    std::string list;
    std::set<double> different;
    for (const SweepRow* row : rows) {
        different.insert(row->hyperparameters.beta);
        list += (list.empty() ? "" : ", ") + html::number(row->hyperparameters.beta);
    }
    if (different.size() == 1) return "beta " + html::number(*different.begin());
    return "beta " + list + " in turn";
}

/// Whether a hidden size occurs with more than one beta among sparse rows that are alike else.
bool beta_is_free(const Rows& rows) {
    std::set<std::tuple<Index, Index, double, double>> seen;
    return std::any_of(rows.begin(), rows.end(), [&](const SweepRow* row) {
        return row->hyperparameters.sparse() &&
               !seen.insert({row->hidden, row->train_count, row->hyperparameters.lambda, rho_of(*row)})
                    .second;
    });
}

}  // namespace

Rows comparable(const std::vector<SweepRow>& rows) {
    std::map<decltype(setting(rows.front())), const SweepRow*> best;
    for (const SweepRow& row : rows) {
        if (row.model_sha256.empty()) continue;
        const auto [at, is_new] = best.try_emplace(setting(row), &row);
        if (!is_new && row.cost.total() < at->second->cost.total()) at->second = &row;
    }
    Rows kept;
    for (const auto& [unused, row] : best) kept.push_back(row);
    return kept;
}

std::vector<Series> by_hidden(const Rows& rows) {
    const bool split = beta_is_free(rows);
    const auto key = [split](const SweepRow& row) {
        const Hyperparameters& settings = row.hyperparameters;
        return std::tuple(settings.sparse(), row.train_count, settings.lambda, -rho_of(row),
                          split ? settings.beta : 0.0);
    };
    const auto family = [](const Rows& members) {
        const SweepRow& first = *members.front();
        const std::string kind =
            first.hyperparameters.sparse()
                ? "rho " + html::number(first.hyperparameters.rho) + ", " + beta_words(members)
                : "Plain";
        return kind + ", " + html::count(first.train_count, "image");
    };
    const Quantity hidden{[](const SweepRow& a, const SweepRow& b) { return a.hidden < b.hidden; }, "",
                          [](const SweepRow& row) { return html::count(row.hidden); }, " hidden units"};
    return series_by(rows, hidden, key, family);
}

std::vector<Series> by_train_count(const Rows& rows) {
    const auto key = [](const SweepRow& row) {
        return std::tuple(row.hyperparameters.beta, row.hidden, row.hyperparameters.lambda, -rho_of(row));
    };
    const auto family = [](const Rows& members) {
        const SweepRow& first = *members.front();
        return html::count(first.hidden, "hidden unit") + ", " + sparsity_words(first.hyperparameters);
    };
    const Quantity images{[](const SweepRow& a, const SweepRow& b) { return a.train_count < b.train_count; },
                          "", [](const SweepRow& row) { return html::count(row.train_count); }, " images"};
    return series_by(rows, images, key, family);
}

std::vector<Series> by_rho(const Rows& rows) {
    Rows sparse;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(sparse),
                 [](const SweepRow* row) { return row->hyperparameters.sparse(); });
    const auto key = [](const SweepRow& row) {
        return std::tuple(row.hidden, row.train_count, row.hyperparameters.lambda, row.hyperparameters.beta);
    };
    const auto family = [](const Rows& members) {
        const SweepRow& first = *members.front();
        return html::count(first.hidden, "hidden unit") + ", " + html::count(first.train_count, "image") +
               ", beta " + html::number(first.hyperparameters.beta);
    };
    const Quantity rho{[](const SweepRow& a, const SweepRow& b) { return rho_of(a) > rho_of(b); }, "rho ",
                       [](const SweepRow& row) { return html::number(row.hyperparameters.rho); }, ""};
    return series_by(sparse, rho, key, family);
}

const SweepRow* plain_twin(const SweepRow& row, const Rows& rows) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const SweepRow* other) {
        return !other->hyperparameters.sparse() && other->hidden == row.hidden &&
               other->train_count == row.train_count &&
               other->hyperparameters.lambda == row.hyperparameters.lambda;
    });
    return at == rows.end() ? nullptr : *at;
}

}  // namespace sae
