#include <algorithm>
#include <array>

#include "html.hpp"
#include "sweep_parts.hpp"
#include "words.hpp"

namespace sae {
namespace {

struct Cell {
    std::string shown;      ///< HTML
    std::string sorted_by;  ///< a number or text; empty goes last
    bool is_text = false;
};

/// `valid` is false where the row has no result.
Cell real(const std::optional<double>& value, bool valid = true) {
    if (!valid || !value) return {"–", "", false};
    return {html::number(*value), html::exact(*value), false};
}

Cell integer(Index value, bool valid = true) {
    if (!valid) return {"–", "", false};
    return {html::count(value), std::to_string(value), false};
}

Cell words(const std::string& text) {
    return {html::escape(text), html::escape(text), true};
}

Cell hash(const SweepRow& row) {
    constexpr std::size_t shown = 12;
    if (row.model_sha256.empty()) return {"–", "", true};
    const std::string whole = html::escape(row.model_sha256);
    return {"<code title=\"" + whole + "\">" + html::escape(row.model_sha256.substr(0, shown)) + "</code>",
            whole, true};
}

constexpr std::array headings{"Hidden units",
                              "Training images",
                              "lambda",
                              "rho",
                              "beta",
                              "Test error",
                              "Training error",
                              "Mean activation",
                              "Nearly never active",
                              "Nearly always active",
                              "Cost",
                              "Reconstruction",
                              "Weight decay",
                              "Sparsity",
                              "Outcome",
                              "Iterations",
                              "Evaluations",
                              "Retries",
                              "Time (s)",
                              "Report",
                              "SHA-256 of the parameters"};

std::vector<Cell> cells(const SweepRow& row) {
    const Hyperparameters& settings = row.hyperparameters;
    const bool valid = !row.model_sha256.empty();
    const ActivationSummary summary = summarise(row.mean_activations);
    const bool has_units = valid && summary.units > 0;
    const auto share = [&](Index units) {
        if (!has_units) return Cell{"–", "", false};
        return Cell{html::share(units, summary.units),
                    html::exact(static_cast<double>(units) / static_cast<double>(summary.units)), false};
    };
    const std::string link = linked(row, "open");
    return {integer(row.hidden),
            integer(row.train_count),
            real(settings.lambda),
            real(settings.rho, settings.sparse()),
            real(settings.beta),
            real(row.test_error, valid),
            real(row.train_error, valid),
            real(summary.mean, has_units),
            share(summary.nearly_never),
            share(summary.nearly_always),
            real(row.cost.total(), valid),
            real(row.cost.reconstruction, valid),
            real(row.cost.weight_decay, valid),
            real(row.cost.sparsity, valid),
            words(status_words(row.status)),
            integer(row.iterations, valid),
            integer(row.evaluations, valid),
            integer(row.retries),
            real(row.seconds, valid),
            {row.link.empty() ? "–" : link, html::escape(row.link), true},
            hash(row)};
}

/// Whether a column is worth its place: lambda is told elsewhere where it is the same in all rows.
bool is_shown(std::size_t column, const std::vector<SweepRow>& rows) {
    constexpr std::size_t lambda = 2;
    return column != lambda || std::ranges::any_of(rows, [&](const SweepRow& row) {
               return row.hyperparameters.lambda != rows.front().hyperparameters.lambda;
           });
}

std::string table_row(const std::vector<Cell>& cells, const std::vector<SweepRow>& rows) {
    std::string text = "<tr>";
    for (std::size_t column = 0; column < cells.size(); ++column) {
        if (!is_shown(column, rows)) continue;
        const Cell& cell = cells[column];
        const std::string tag = column == 0 ? "th" : "td";
        text += '<' + tag + (column == 0 ? " scope=\"row\"" : "") + (cell.is_text ? " class=\"text\"" : "") +
                " data-value=\"" + cell.sorted_by + "\">" + cell.shown + "</" + tag + '>';
    }
    return text + "</tr>\n";
}

}  // namespace

std::string setting_words(const SweepRow& row) {
    return html::count(row.hidden, "hidden unit") + ", " + html::count(row.train_count, "image") + ", " +
           sparsity_words(row.hyperparameters);
}

std::string linked(const SweepRow& row, const std::string& content) {
    if (row.link.empty()) return content;
    return "<a href=\"" + html::relative_url(row.link) + "\" aria-label=\"Report of " +
           html::escape(setting_words(row)) + "\">" + content + "</a>";
}

std::string sweep_table(const std::vector<SweepRow>& rows) {
    if (rows.empty()) return "";
    std::string text = html::paragraph(
        "Errors are means over images of half the squared distance; cost = reconstruction + weight decay + "
        "sparsity. Nearly never active: the share of hidden units whose mean activation is below " +
        html::number(nearly_never_active) + "; nearly always: above " + html::number(nearly_always_active) +
        ". A click on a heading sorts, where scripts may run. A table that is wider than the window "
        "scrolls.");
    text +=
        "<div class=\"scroll broad\" tabindex=\"0\" role=\"region\" aria-label=\"All settings\">"
        "<table class=\"sortable\">\n<thead><tr>";
    const std::vector<Cell> first = cells(rows.front());
    for (std::size_t column = 0; column < headings.size(); ++column) {
        if (!is_shown(column, rows)) continue;
        text += std::string("<th scope=\"col\"") + (first[column].is_text ? " class=\"text\"" : "") + '>' +
                headings[column] + "</th>";
    }
    text += "</tr></thead>\n<tbody>\n";
    for (const SweepRow& row : rows) text += table_row(cells(row), rows);
    return text + "</tbody></table></div>\n";
}

}  // namespace sae
