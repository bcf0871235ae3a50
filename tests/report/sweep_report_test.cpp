#include "sae/report/sweep_report.hpp"

#include <limits>

#include "catch.hpp"
#include "sweep_parts.hpp"

using namespace sae;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

SweepRow row(Index hidden, Index images, double rho, double beta, double train, double test) {
    SweepRow made;
    made.hidden = hidden;
    made.train_count = images;
    made.hyperparameters = {1e-4, rho, beta};
    made.status = LbfgsStatus::max_iterations;
    made.cost.reconstruction = train;
    made.train_error = train;
    made.test_error = test;
    made.mean_activations = std::vector<double>(static_cast<std::size_t>(hidden), beta != 0 ? rho : 0.4);
    made.model_sha256 = "0123456789abcdef";
    return made;
}

SweepRow plain(Index hidden, Index images, double train, double test) {
    return row(hidden, images, 0.05, 0, train, test);
}

Json found(const std::vector<SweepRow>& rows) {
    Json data;
    add_findings(rows, data);
    return data;
}

/// All findings and comparisons as lines: topics, introductions, items; headings, families, measures with
/// numbers.
std::string all_of(const std::vector<SweepRow>& rows) {
    return expand(
        "{{#findings}}{{topic}}\n{{#groups}}{{intro}}\n{{#items}}{{{.}}}\n{{/items}}{{/groups}}{{/findings}}"
        "{{#comparisons}}|{{#headings}} {{.}} |{{/headings}}\n{{#families}}[{{name}}]\n{{#lines}}{{name}}:"
        "{{#cells}} {{value}}{{unit}}{{/cells}}\n{{/lines}}{{/families}}{{/comparisons}}",
        found(rows));
}

}  // namespace

TEST_CASE("nothing is found where nothing can be compared") {
    CHECK(all_of({}).empty());
    CHECK(all_of({plain(10, 100, 3, 4)}).empty());
    // Two quantities differ at once.
    CHECK(all_of({plain(10, 100, 3, 4), plain(20, 200, 2, 3)}).empty());
    // The second has no result.
    SweepRow unfinished = plain(20, 100, 1, 1);
    unfinished.model_sha256.clear();
    CHECK(all_of({plain(10, 100, 3, 4), unfinished}).empty());
    CHECK(contains(sweep_report({}), "No two settings can be compared"));
}

TEST_CASE("what more hidden units do is computed from the numbers, in any order of the rows") {
    CHECK(all_of({plain(100, 100, 1, 5), plain(10, 100, 9, 7), plain(50, 100, 3, 4)}) ==
          "More hidden units\n"
          "From each number of hidden units to the next larger one, with the same images, lambda and rho:\n"
          "Training error: fell in all 2 steps.\n"
          "Test error: fell in 1 and rose in 1 of 2 steps.\n"
          "| 10 hidden units | 50 hidden units | 100 hidden units |\n"
          "[100 images, no sparsity term]\n"
          "Training error: 9 3 1\n"
          "Test error: 7 4 5\n");
}

TEST_CASE("what is equal in the digits shown did not change") {
    const std::string text = all_of({plain(10, 100, 2, 3.00001), plain(20, 100, 2.5, 3.00002)});
    CHECK(contains(text, "Training error: rose.\nTest error: did not change.\n"));
}

TEST_CASE("what more images do, and how far test and training error are apart") {
    const std::string text = all_of({plain(10, 100, 2, 6), plain(10, 1000, 4, 5)});
    CHECK(contains(text,
                   "| 100 images | 1,000 images |\n[10 hidden units, no sparsity term]\nTraining error: 2 4\n"
                   "Test error: 6 5\nTest error / training error: 3 1.25\n"));
}

TEST_CASE("what sparsity does: along rho, compared with the plain twin, and with rho") {
    std::vector<SweepRow> rows{plain(10, 100, 2, 6), row(10, 100, 0.05, 0.2, 2, 7),
                               row(10, 100, 0.01, 0.2, 3, 8)};
    rows[2].mean_activations[0] = 0;
    CHECK(all_of(rows) ==
          "Sparsity\n"
          "From each rho to the next smaller one, with all else equal:\n"
          "Mean activation: fell.\nTest error: rose.\nUnits nearly never active: rose.\n"
          "With the sparsity term, compared with the same setting without it:\n"
          "Mean activation: lower in all 2 settings.\nTest error: higher in all 2 settings.\n"
          "Units nearly never active: higher in 1 and the same in 1 of 2 settings.\n"
          "Compared with rho:\n"
          "Mean activation: lower in 1 and the same in 1 of 2 settings, 0.9 to 1 times rho.\n"
          "| no sparsity term | rho 0.05 | rho 0.01 |\n"
          "[10 hidden units, 100 images, beta 0.2]\n"
          "Mean activation: 0.4 0.05 0.009\nTest error: 6 7 8\nUnits nearly never active: 0 % 0 % 10 %\n");
}

TEST_CASE("units that are always active are compared where there are any") {
    std::vector<SweepRow> rows{plain(10, 100, 2, 6), row(10, 100, 0.05, 0.2, 2, 7),
                               row(10, 100, 0.01, 0.2, 3, 8)};
    rows[0].mean_activations = {0.95, 0.95, 0.899, 0.1};
    rows[1].mean_activations = {0.1, 0.3};
    rows[2].mean_activations = {0.04, 0.04};
    const std::string text = all_of(rows);
    CHECK(contains(text, "Units nearly always active: lower in all 2 settings."));
    CHECK(contains(text, "Mean activation: higher in all 2 settings, 4 times rho."));
    CHECK(contains(text, "Units nearly always active: 50 % 0 % 0 %"));
    CHECK_FALSE(contains(text, "never"));
}

TEST_CASE("a beta that goes with the hidden size may change, one that is free may not") {
    const std::vector<SweepRow> tied{row(10, 100, 0.05, 0.2, 4, 4), row(50, 100, 0.05, 0.1, 2, 2)};
    CHECK(contains(all_of(tied), "beta: fell.\nTraining error: fell.\n"));
    CHECK(contains(all_of(tied), "[100 images, rho 0.05]\nbeta: 0.2 0.1\nTraining error: 4 2\n"));
    std::vector<SweepRow> free = tied;
    free.push_back(row(50, 100, 0.05, 0.2, 3, 3));
    CHECK(contains(all_of(free), "[100 images, rho 0.05, beta 0.2]\nTraining error: 4 3\n"));
    CHECK_FALSE(contains(all_of(free), "beta:"));
}

TEST_CASE("a cell without a number has a dash") {
    const std::string text =
        all_of({plain(10, 100, 5, 5), plain(20, 100, 4, 4), plain(20, 900, 2, 2), plain(30, 900, 1, 1)});
    CHECK(contains(
        text,
        "| 10 hidden units | 20 hidden units | 30 hidden units |\n[100 images, no sparsity term]\nTraining "
        "error: 5 4 –\n"));
    CHECK(contains(text, "[900 images, no sparsity term]\nTraining error: – 2 1\n"));
}

TEST_CASE("the report says that a compared setting has failed") {
    SweepReport report;
    report.rows = {plain(10, 100, 3, 4), plain(20, 100, 3, 4)};
    CHECK_FALSE(contains(sweep_report(report), "The line search of"));
    report.rows[1].status = LbfgsStatus::line_search_failed;
    CHECK(contains(sweep_report(report), "The line search of 1 setting failed."));
}

TEST_CASE("lambda is shown where it differs") {
    SweepReport report;
    report.rows = {plain(10, 100, 5, 5), plain(20, 100, 4, 4), plain(10, 100, 6, 6)};
    CHECK_FALSE(contains(sweep_report(report), "<th scope=\"col\">lambda</th>"));
    report.rows[2].hyperparameters.lambda = 3e-3;
    CHECK(contains(sweep_report(report), "<th scope=\"col\">lambda</th>"));
    CHECK(contains(all_of(report.rows), "[100 images, no sparsity term, lambda 0.0001]"));
}

TEST_CASE("of equal settings the one of the lowest cost counts") {
    const std::string text = all_of({plain(10, 100, 5, 5), plain(10, 100, 4, 4), plain(20, 100, 3, 3)});
    CHECK(contains(text, "Training error: 4 3\n"));
}

TEST_CASE("measures that a row lacks are left out") {
    std::vector<SweepRow> rows{plain(10, 100, 5, 5), plain(20, 100, 4, 4)};
    rows[0].test_error.reset();
    CHECK_FALSE(contains(all_of(rows), "Test error: fell"));
    CHECK(contains(all_of(rows), "Test error: – 4\n"));
    rows[1].train_error = std::numeric_limits<double>::quiet_NaN();
    CHECK(found(rows)["findings"].empty());
}

TEST_CASE("a sweep's report: headline, tables, pictures in their places, links that stay inside") {
    SweepReport report;
    report.name = "<sweep>";
    report.rows = {plain(10, 100, 3, 4), row(10, 100, 0.01, 0.2, 3, 5), plain(20, 100, 0, 0)};
    report.rows[0].link = "javascript:x";
    report.rows[0].weights = {std::byte{'f'}};
    report.rows[1].weights = {std::byte{'f'}};
    report.rows[1].status = LbfgsStatus::converged;
    report.rows[1].retries = 2;
    report.rows[2].model_sha256.clear();
    report.made_by = {{"hosts", "node-1"}};
    const std::string page = sweep_report(report);
    for (const char* part :
         {"2 of 3 settings trained (1 converged, 1 at the iteration limit). 1 setting was trained again from "
          "another "
          "start, because the line search failed early.",
          "The lowest test error is 4, with 10 hidden units, 100 images, no sparsity term.", "&lt;sweep&gt;",
          "href=\"./javascript:x\"", "<h3>Without the sparsity term, lambda 0.0001</h3>",
          "<h3>With the sparsity term, 100 training images, lambda 0.0001</h3>",
          "alt=\"Weights: 10 hidden units, 100 images, rho 0.01, beta 0.2\"",
          "title=\"0123456789abcdef\">0123456789ab</td>",
          "<th scope=\"row\" data-label=\"Hidden units\" data-value=\"20\">20</th>",
          "<th scope=\"row\">hosts</th><td>node-1</td>"})
        CHECK(contains(page, part));
    CHECK_FALSE(contains(page, "Time of the sweep"));
    CHECK_FALSE(contains(page, "20 hidden units, 100 images, no"));
    CHECK_FALSE(contains(page, "are empty"));
    report.seconds = 60;
    report.empty_cells = true;
    CHECK(contains(sweep_report(report), "Time of the sweep"));
    CHECK(contains(sweep_report(report), "Cells at the end of a grid"));
}

TEST_CASE("text of a sweep cannot leave its place in the page") {
    SweepReport report;
    report.rows = {plain(10, 100, 3, 4)};
    const std::string hostile = "\"><script>alert(1)</script>";
    report.name = report.train_data = report.test_data = report.rows[0].link = report.rows[0].model_sha256 =
        hostile;
    report.settings = report.made_by = {{hostile, hostile}};
    const std::string page = sweep_report(report);
    CHECK_FALSE(contains(page, "<script>alert"));
    CHECK(page.find("<script>") == page.rfind("<script>"));
}
