#include "sae/report/sweep_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "sae/report/words.hpp"
#include "sweep_parts.hpp"

namespace sae {
namespace {

bool has_result(const SweepRow& row) {
    return !row.model_sha256.empty();
}

/// What a status is called in a setting's row, and after a number of settings.
struct StatusWords {
    const char* of_row;
    const char* of_several;
};

const StatusWords& words_of(LbfgsStatus status) {
    static constexpr std::array<StatusWords, 5> words{{{"not finished", "not finished"},
                                                       {"converged", "converged"},
                                                       {"iteration limit", "at the iteration limit"},
                                                       {"line search failed", "at a failed line search"},
                                                       {"interrupted", "interrupted"}}};
    return words.at(static_cast<std::size_t>(status));
}

/// "12 converged, 5 at the iteration limit", of the rows with a result.
std::string outcomes(const std::vector<SweepRow>& rows) {
    std::map<LbfgsStatus, Index> counts;
    for (const SweepRow& row : rows) {
        if (has_result(row)) ++counts[row.status];
    }
    std::string text;
    for (const auto& [status, times] : counts)
        text += (text.empty() ? "" : ", ") + count(times) + " " + words_of(status).of_several;
    return text;
}

Json lead(const std::vector<SweepRow>& rows) {
    const Index all = std::ssize(rows), done = std::ranges::count_if(rows, has_result);
    const auto were = [](Index number) {
        return counted(number, "setting") + (number == 1 ? " was" : " were");
    };
    Json data{{"trained", done == all ? were(all) + " trained"
                                      : count(done) + " of " + counted(all, "setting") + " trained"},
              {"outcomes", outcomes(rows)}};
    const SweepRow* best = nullptr;
    for (const SweepRow& row : rows) {
        const bool counts = has_result(row) && row.test_error && std::isfinite(*row.test_error);
        if (counts && (!best || *row.test_error < *best->test_error)) best = &row;
    }
    if (best)
        data["best"] = {{"error", *best->test_error},
                        {"setting", setting_words(*best, several_lambdas(rows))}};
    const Index again = std::ranges::count_if(rows, [](const auto& row) { return row.retries > 0; });
    if (again > 0) data["retried"] = were(again);
    // Settings that ended before they were done are compared as well.
    const Index failed = std::ranges::count_if(rows, [](const SweepRow& row) {
        return has_result(row) && row.status == LbfgsStatus::line_search_failed;
    });
    if (failed > 0) data["failed"] = counted(failed, "setting");
    return data;
}

Json cards(const SweepReport& report) {
    double work = 0;
    for (const SweepRow& row : report.rows) work += has_result(row) ? row.seconds : 0;
    Json list{{{"name", "Settings"}, {"value", report.rows.size()}},
              {{"name", "Sum of the training times"}, {"value", duration_text(work)}}};
    if (report.seconds > 0)
        list.push_back({{"name", "Time of the sweep"}, {"value", duration_text(report.seconds)}});
    return list;
}

Json link(const SweepRow& row) {
    if (row.link.empty()) return nullptr;
    return {{"url", row.link}, {"name", "Report of " + setting_words(row)}};
}

/// A matrix of pictures: lines by hidden units, columns by training images or by rho.
struct Matrix {
    std::string title;
    Quantity across;
    std::map<Index, std::map<double, Rows>> lines;
};

Json pictures(const Rows& rows) {
    Json list = Json::array();
    for (const SweepRow* row : rows) {
        Json numbers = Json::array();
        const auto add = [&](const char* name, const std::optional<double>& value) {
            if (value) numbers.push_back({{"name", name}, {"value", *value}});
        };
        if (row->hyperparameters.sparse()) add("beta", row->hyperparameters.beta);
        add("training error", row->train_error);
        add("test error", row->test_error);
        list.push_back({{"picture", picture(row->weights, "Weights: " + setting_words(*row))},
                        {"link", link(*row)},
                        {"numbers", numbers}});
    }
    return list;
}

Json matrix_data(const Matrix& matrix) {
    std::map<double, std::string> columns;
    for (const auto& [unused, line] : matrix.lines) {
        for (const auto& [at, rows] : line) columns[at] = heading(*rows.front(), matrix.across);
    }
    Json data{{"title", matrix.title}, {"headings", Json::array()}, {"lines", Json::array()}};
    for (const auto& [unused, name] : columns) data["headings"].push_back(name);
    for (const auto& [hidden, line] : matrix.lines) {
        Json cells = Json::array();
        for (const auto& [at, name] : columns)
            cells.push_back(
                {{"name", name}, {"pictures", pictures(line.contains(at) ? line.at(at) : Rows())}});
        data["lines"].push_back({{"name", counted(hidden, "hidden unit")}, {"cells", cells}});
    }
    return data;
}

/// Plain rows make a matrix for each lambda, sparse ones for each lambda and training size.
Json matrices(const std::vector<SweepRow>& rows) {
    std::map<std::tuple<bool, double, Index>, Matrix> all;
    for (const SweepRow& row : rows) {
        if (row.weights.empty()) continue;
        const bool sparse = row.hyperparameters.sparse();
        Matrix& matrix = all[{sparse, row.hyperparameters.lambda, sparse ? row.train_count : 0}];
        matrix.across = sparse ? Quantity::rho : Quantity::images;
        matrix.title = (sparse ? "With the sparsity term, " + counted(row.train_count, "training image")
                               : std::string("Without the sparsity term")) +
                       ", lambda " + number(row.hyperparameters.lambda);
        matrix.lines[row.hidden][place(row, matrix.across)].push_back(&row);
    }
    Json list = Json::array();
    for (const auto& [unused, matrix] : all) list.push_back(matrix_data(matrix));
    return list;
}

/// The setting of a row; the first cell leads to the row's report.
std::vector<Json> setting_cells(const SweepRow& row, bool lambdas) {
    const Hyperparameters& settings = row.hyperparameters;
    std::vector<Json> cells{cell("Hidden units", row.hidden), cell("Images", row.train_count)};
    cells.front()["link"] = link(row);
    if (lambdas) cells.push_back(cell("lambda", settings.lambda));
    cells.push_back(cell("rho", settings.sparse() ? Json(settings.rho) : Json()));
    cells.push_back(cell("beta", settings.beta));
    return cells;
}

std::vector<Json> result_cells(const SweepRow& row) {
    const ActivationSummary units = summarise(row.mean_activations);
    const auto known = [&](const Json& value) { return units.units > 0 ? value : Json(); };
    return {cell("Test error", maybe(row.test_error)),
            cell("Training error", maybe(row.train_error)),
            cell("Mean activation", known(units.mean)),
            cell("Nearly never active", known(units.per_cent(units.nearly_never)), " %"),
            cell("Nearly always active", known(units.per_cent(units.nearly_always)), " %"),
            cell("Cost", row.cost.total()),
            cell("Iterations", row.iterations),
            cell("Outcome", words_of(row.status).of_row)};
}

std::vector<Json> effort_cells(const SweepRow& row) {
    Json sha256 = cell("SHA-256", row.model_sha256.substr(0, 12));
    sha256["whole"] = row.model_sha256;
    return {cell("Reconstruction", row.cost.reconstruction),
            cell("Weight decay", row.cost.weight_decay),
            cell("Sparsity", row.cost.sparsity),
            cell("Evaluations", row.evaluations),
            cell("Retries", row.retries),
            cell("Seconds", row.seconds),
            sha256};
}

/// A table that a click on a heading sorts. A row without a result has nothing but its setting and outcome.
Json sortable(const std::string& title, const std::string& note, const std::vector<SweepRow>& rows,
              std::vector<Json> (*own_cells)(const SweepRow&)) {
    const bool lambdas = several_lambdas(rows);
    std::vector<std::vector<Json>> all;
    for (const SweepRow& row : rows) {
        std::vector<Json>& cells = all.emplace_back(setting_cells(row, lambdas));
        for (Json& own : own_cells(row)) {
            if (!has_result(row) && own["name"] != "Outcome") own.update({{"value", nullptr}, {"unit", ""}});
            cells.push_back(std::move(own));
        }
    }
    return table(all, {{"title", title}, {"note", note}, {"style", "sortable"}});
}

}  // namespace

std::string heading(const SweepRow& row, Quantity quantity) {
    if (quantity == Quantity::hidden) return counted(row.hidden, "hidden unit");
    if (quantity == Quantity::images) return counted(row.train_count, "image");
    return row.hyperparameters.sparse() ? "rho " + number(row.hyperparameters.rho) : "no sparsity term";
}

double place(const SweepRow& row, Quantity quantity) {
    if (quantity == Quantity::hidden) return static_cast<double>(row.hidden);
    if (quantity == Quantity::images) return static_cast<double>(row.train_count);
    return row.hyperparameters.sparse() ? -row.hyperparameters.rho : -HUGE_VAL;
}

std::string setting_words(const SweepRow& row, bool several_lambdas, Quantity without, bool with_beta) {
    const Hyperparameters& settings = row.hyperparameters;
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    for (const Quantity quantity : {Quantity::hidden, Quantity::images, Quantity::rho})
        if (quantity != without) add(heading(row, quantity));
    if (settings.sparse() && with_beta) add("beta " + number(settings.beta));
    if (several_lambdas) add("lambda " + number(settings.lambda));
    return text;
}

bool several_lambdas(const std::vector<SweepRow>& rows) {
    return std::ranges::any_of(rows, [&](const SweepRow& row) {
        return row.hyperparameters.lambda != rows.front().hyperparameters.lambda;
    });
}

std::string sweep_report(const SweepReport& report) {
    Json data{{"lead", lead(report.rows)},
              {"cards", cards(report)},
              {"matrices", matrices(report.rows)},
              {"empty_cells", report.empty_cells},
              {"pairs", pairs(report.train_data, report.test_data, report.settings, report.made_by)}};
    add_findings(report.rows, data);
    if (!report.rows.empty())
        data["tables"] = {
            sortable("Results",
                     "The number of hidden units links to the report of its training. Where scripts run, a "
                     "click on a heading sorts the table.",
                     report.rows, result_cells),
            sortable("Cost, effort and models",
                     "SHA-256: the first digits of the checksum of the parameters, which is the same for any "
                     "number of processes.",
                     report.rows, effort_cells)};
    return page({{"title", report.name}, {"sweep", data}});
}

}  // namespace sae
