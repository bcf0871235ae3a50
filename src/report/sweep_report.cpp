#include "sae/report/sweep_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "page.hpp"
#include "sae/report/activation_summary.hpp"
#include "sweep_parts.hpp"
#include "words.hpp"

namespace sae {
namespace {

bool has_result(const SweepRow& row) {
    return !row.model_sha256.empty();
}

/// "converged: 12, iteration limit: 5", of the rows with a result.
std::string outcomes(const std::vector<SweepRow>& rows) {
    std::map<LbfgsStatus, Index> counts;
    for (const SweepRow& row : rows) {
        if (has_result(row)) ++counts[row.status];
    }
    std::string text;
    for (const auto& [status, times] : counts)
        text += (text.empty() ? "" : ", ") + status_words(status) + ": " + count(times);
    return text;
}

Json lead(const std::vector<SweepRow>& rows) {
    const Index all = std::ssize(rows), done = std::ranges::count_if(rows, has_result);
    Json data{{"trained", done == all ? count(all, "setting") + (all == 1 ? " was" : " were") + " trained"
                                      : count(done) + " of " + count(all, "setting") + " trained"}};
    if (done > 0) data["outcomes"] = outcomes(rows);
    const SweepRow* best = nullptr;
    for (const SweepRow& row : rows) {
        const bool counts = has_result(row) && row.test_error && std::isfinite(*row.test_error);
        if (counts && (!best || *row.test_error < *best->test_error)) best = &row;
    }
    if (best)
        data["best"] = {{"error", number(*best->test_error)},
                        {"setting", setting_words(*best, several_lambdas(rows))}};
    const Index again = std::ranges::count_if(rows, [](const auto& row) { return row.retries > 0; });
    if (again > 0) data["retried"] = count(again, "setting") + (again == 1 ? " was" : " were");
    return data;
}

/// Settings that ended before they were done are compared as well.
Json failed(const std::vector<SweepRow>& rows) {
    const Index number = std::ranges::count_if(rows, [](const SweepRow& row) {
        return has_result(row) && row.status == LbfgsStatus::line_search_failed;
    });
    return number > 0 ? Json(count(number, "setting")) : Json();
}

Json cards(const SweepReport& report) {
    double work = 0;
    for (const SweepRow& row : report.rows) work += has_result(row) ? row.seconds : 0;
    NamedValues numbers{{"Settings", count(std::ssize(report.rows))}};
    if (report.seconds > 0) numbers.emplace_back("Time of the sweep", duration(report.seconds));
    numbers.emplace_back("Sum of the training times", duration(work));
    return named(numbers);
}

Json link(const SweepRow& row) {
    if (row.link.empty()) return nullptr;
    return {{"url", relative_url(row.link)}, {"name", "Report of " + setting_words(row)}};
}

/// A matrix of pictures: lines by hidden units, columns by training images or by rho.
struct Matrix {
    std::string title;
    Quantity across;
    std::map<Index, std::map<double, Rows>> lines;
};

Json cell(const Rows& rows) {
    Json pictures = Json::array();
    for (const SweepRow* row : rows) {
        NamedValues numbers;
        if (row->hyperparameters.sparse()) numbers.emplace_back("beta", number(row->hyperparameters.beta));
        if (row->train_error) numbers.emplace_back("training error", number(*row->train_error));
        if (row->test_error) numbers.emplace_back("test error", number(*row->test_error));
        pictures.push_back({{"picture", picture(row->weights, "Weights: " + setting_words(*row))},
                            {"link", link(*row)},
                            {"numbers", named(numbers)}});
    }
    return pictures;
}

Json matrix_data(const Matrix& matrix) {
    std::map<double, std::string> columns;
    for (const auto& [unused, line] : matrix.lines) {
        for (const auto& [place, rows] : line) columns[place] = heading(*rows.front(), matrix.across);
    }
    Json data{{"title", matrix.title}, {"headings", Json::array()}, {"lines", Json::array()}};
    for (const auto& [unused, name] : columns) data["headings"].push_back(name);
    for (const auto& [hidden, line] : matrix.lines) {
        Json cells = Json::array();
        for (const auto& [place, name] : columns) {
            const auto at = line.find(place);
            cells.push_back(
                {{"name", name}, {"pictures", at == line.end() ? Json::array() : cell(at->second)}});
        }
        data["lines"].push_back({{"name", count(hidden, "hidden unit")}, {"cells", cells}});
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
        matrix.title = (sparse ? "With the sparsity term, " + count(row.train_count, "training image")
                               : std::string("Without the sparsity term")) +
                       ", lambda " + number(row.hyperparameters.lambda);
        const double place = sparse ? -row.hyperparameters.rho : static_cast<double>(row.train_count);
        matrix.lines[row.hidden][place].push_back(&row);
    }
    Json list = Json::array();
    for (const auto& [unused, matrix] : all) list.push_back(matrix_data(matrix));
    return list;
}

struct Cell {
    std::string name;    ///< the column's heading
    std::string shown;   ///< "–" if it is empty
    std::string sorted;  ///< a number or text; empty goes last
    bool text = false;
    std::string whole = "";  ///< of what is shown in part
};

Cell real(const std::string& name, std::optional<double> value, bool valid = true) {
    if (!valid || !value) return {name, "", ""};
    return {name, number(*value), exact(*value)};
}

Cell integer(const std::string& name, Index value, bool valid = true) {
    if (!valid) return {name, "", ""};
    return {name, count(value), std::to_string(value)};
}

Cell share_of(const std::string& name, Index units, Index all) {
    if (all == 0) return {name, "", ""};
    return {name, share(units, all), exact(static_cast<double>(units) / static_cast<double>(all))};
}

/// What tells a row from the others.
std::vector<Cell> setting_cells(const SweepRow& row, bool lambdas) {
    const Hyperparameters& settings = row.hyperparameters;
    std::vector<Cell> cells{integer("Hidden units", row.hidden), integer("Images", row.train_count)};
    if (lambdas) cells.push_back(real("lambda", settings.lambda));
    cells.push_back(real("rho", settings.rho, settings.sparse()));
    cells.push_back(real("beta", settings.beta));
    return cells;
}

std::vector<Cell> result_cells(const SweepRow& row) {
    const bool valid = has_result(row);
    const ActivationSummary summary = summarise(row.mean_activations);
    const Index units = valid ? summary.units : 0;
    return {real("Test error", row.test_error, valid),
            real("Training error", row.train_error, valid),
            real("Mean activation", summary.mean, units > 0),
            share_of("Nearly never active", summary.nearly_never, units),
            share_of("Nearly always active", summary.nearly_always, units),
            real("Cost", row.cost.total(), valid),
            integer("Iterations", row.iterations, valid),
            {"Outcome", status_words(row.status), status_words(row.status), true}};
}

std::vector<Cell> effort_cells(const SweepRow& row) {
    const bool valid = has_result(row);
    return {real("Reconstruction", row.cost.reconstruction, valid),
            real("Weight decay", row.cost.weight_decay, valid),
            real("Sparsity", row.cost.sparsity, valid),
            integer("Evaluations", row.evaluations, valid),
            integer("Retries", row.retries),
            real("Seconds", row.seconds, valid),
            {"SHA-256", row.model_sha256.substr(0, 12), row.model_sha256, true, row.model_sha256}};
}

/// A table that a click on a heading sorts; its first column leads to the row's report.
Json table(const std::string& caption, const std::string& note, const std::vector<SweepRow>& rows,
           std::vector<Cell> (*own_cells)(const SweepRow&)) {
    const bool lambdas = several_lambdas(rows);
    Json data{{"caption", caption}, {"note", note}, {"headings", Json::array()}, {"rows", Json::array()}};
    for (const SweepRow& row : rows) {
        std::vector<Cell> all = setting_cells(row, lambdas);
        for (Cell& own : own_cells(row)) all.push_back(std::move(own));
        Json cells = Json::array();
        for (const Cell& own : all)
            cells.push_back({{"name", own.name},
                             {"value", own.shown.empty() ? "–" : own.shown},
                             {"sorted", own.sorted},
                             {"text", own.text},
                             {"whole", own.whole}});
        const Json first = cells.front();
        cells.erase(cells.begin());
        if (data["rows"].empty()) {
            data["headings"].push_back(first);
            for (const Json& heading : cells) data["headings"].push_back(heading);
        }
        data["rows"].push_back({{"first", first}, {"link", link(row)}, {"cells", cells}});
    }
    return data;
}

}  // namespace

std::string heading(const SweepRow& row, Quantity quantity) {
    if (quantity == Quantity::hidden) return count(row.hidden, "hidden unit");
    if (quantity == Quantity::images) return count(row.train_count, "image");
    return row.hyperparameters.sparse() ? "rho " + number(row.hyperparameters.rho) : "no sparsity term";
}

std::string setting_words(const SweepRow& row, bool several_lambdas, Quantity without, bool with_beta) {
    const Hyperparameters& settings = row.hyperparameters;
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (without != Quantity::hidden) add(heading(row, Quantity::hidden));
    if (without != Quantity::images) add(heading(row, Quantity::images));
    if (without != Quantity::rho) add(heading(row, Quantity::rho));
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
              {"failed", failed(report.rows)},
              {"matrices", matrices(report.rows)},
              {"empty_cells", report.empty_cells},
              {"pairs", pairs(report.train_data, report.test_data, report.settings, report.made_by)}};
    add_findings(report.rows, data);
    if (!report.rows.empty())
        data["tables"] = {
            table(
                "Results",
                "The number of hidden units links to the report of its training. Where scripts run, a click "
                "on a heading sorts the table.",
                report.rows, result_cells),
            table("Cost, effort and models",
                  "SHA-256: the first digits of the checksum of the parameters, which is the same for any "
                  "number "
                  "of processes.",
                  report.rows, effort_cells)};
    return page({{"title", report.name}, {"sweep", data}});
}

}  // namespace sae
