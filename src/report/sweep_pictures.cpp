#include <map>
#include <set>
#include <tuple>

#include "html.hpp"
#include "sweep_parts.hpp"
#include "words.hpp"

namespace sae {
namespace {

using Rows = std::vector<const SweepRow*>;

/// A heading of a matrix of pictures: sorted by `order`, shown as `words`.
struct Heading {
    double order;
    std::string words;

    friend bool operator<(const Heading& a, const Heading& b) {
        return std::tie(a.order, a.words) < std::tie(b.order, b.words);
    }
};

struct Matrix {
    std::string title;
    std::map<std::pair<Heading, Heading>, Rows> cells;
};

Heading hidden_heading(const SweepRow& row) {
    return {static_cast<double>(row.hidden), html::count(row.hidden) + " hidden"};
}

Heading column_heading(const SweepRow& row) {
    if (!row.hyperparameters.sparse()) {
        return {static_cast<double>(row.train_count), html::count(row.train_count, "image")};
    }
    return {-row.hyperparameters.rho, "rho " + html::number(row.hyperparameters.rho)};
}

std::string caption_of(const SweepRow& row) {
    std::string text;
    if (row.hyperparameters.sparse()) text = "beta " + html::number(row.hyperparameters.beta);
    const auto add = [&](const char* name, const std::optional<double>& error) {
        if (error) text += (text.empty() ? "" : ", ") + std::string(name) + ' ' + html::number(*error);
    };
    add("training error", row.train_error);
    add("test error", row.test_error);
    return text;
}

std::string cell_of(const Rows& rows) {
    std::string text;
    for (const SweepRow* row : rows) {
        text += "<figure>" + linked(*row, html::image(row->weights, "Weights: " + setting_words(*row))) +
                "<figcaption>" + html::escape(caption_of(*row)) + "</figcaption></figure>\n";
    }
    return text;
}

std::string table_of(const Matrix& matrix) {
    std::set<Heading> lines;
    std::set<Heading> columns;
    for (const auto& [at, unused] : matrix.cells) {
        lines.insert(at.first);
        columns.insert(at.second);
    }
    std::string text = "<div class=\"scroll\"><table class=\"matrix\"><caption><h3>" +
                       html::escape(matrix.title) +
                       "</h3></caption>\n<colgroup><col class=\"heads\"><col class=\"cells\" span=\"" +
                       std::to_string(columns.size()) + "\"></colgroup>\n<thead><tr><td></td>";
    for (const Heading& column : columns) {
        text += "<th scope=\"col\">" + html::escape(column.words) + "</th>";
    }
    text += "</tr></thead>\n<tbody>\n";
    for (const Heading& line : lines) {
        text += "<tr><th scope=\"row\">" + html::escape(line.words) + "</th>";
        for (const Heading& column : columns) {
            const auto at = matrix.cells.find({line, column});
            text += "<td>" + (at == matrix.cells.end() ? "" : cell_of(at->second)) + "</td>";
        }
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

/// Plain rows make a matrix for each lambda, sparse ones for each lambda and training size.
std::vector<Matrix> matrices_of(const std::vector<SweepRow>& rows) {
    std::map<std::tuple<bool, double, Index>, Matrix> matrices;
    for (const SweepRow& row : rows) {
        if (row.weights.empty()) continue;
        const bool sparse = row.hyperparameters.sparse();
        const double lambda = row.hyperparameters.lambda;
        Matrix& matrix = matrices[{sparse, lambda, sparse ? row.train_count : 0}];
        matrix.title = sparse
                           ? "Sparse: hidden units by rho, " + html::count(row.train_count, "training image")
                           : std::string("Plain: hidden units by training images");
        matrix.title += ", lambda " + html::number(lambda);
        matrix.cells[{hidden_heading(row), column_heading(row)}].push_back(&row);
    }
    std::vector<Matrix> ordered;
    for (auto& [unused, matrix] : matrices) ordered.push_back(std::move(matrix));
    return ordered;
}

}  // namespace

std::string sweep_pictures(const std::vector<SweepRow>& rows) {
    std::string text;
    for (const Matrix& matrix : matrices_of(rows)) text += table_of(matrix);
    if (text.empty()) return "";
    return html::paragraph(
               "One cell for each hidden unit: the input that excites it most. Light pixels excite it, dark "
               "ones inhibit it; each cell has a scale of its own. A cell that is light all over is mostly "
               "one of a unit that is nearly always active. A picture leads to the report of its "
               "run.") +
           text;
}

}  // namespace sae
