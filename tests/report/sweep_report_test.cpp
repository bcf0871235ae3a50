#include "sae/report/sweep_report.hpp"

#include <limits>

#include "catch.hpp"

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

/// All sentences of the findings, a line each.
std::string all_of(const std::vector<SweepRow>& rows) {
    std::string text;
    for (const SweepFinding& finding : sweep_findings(rows)) {
        text += finding.topic + '\n' + finding.summary + '\n';
        for (const std::string& detail : finding.details) text += detail + '\n';
    }
    return text;
}

}  // namespace

TEST_CASE("nothing is found where nothing can be compared") {
    CHECK(sweep_findings({}).empty());
    CHECK(sweep_findings({plain(10, 100, 3, 4)}).empty());
    // Two quantities differ at once.
    CHECK(sweep_findings({plain(10, 100, 3, 4), plain(20, 200, 2, 3)}).empty());
    // The second has no result.
    SweepRow unfinished = plain(20, 100, 1, 1);
    unfinished.model_sha256.clear();
    CHECK(sweep_findings({plain(10, 100, 3, 4), unfinished}).empty());
}

TEST_CASE("what more hidden units do is read off the numbers, in any order of the rows") {
    const std::string text = all_of({plain(100, 100, 1, 5), plain(10, 100, 9, 7), plain(50, 100, 3, 4)});
    CHECK(contains(text,
                   "Over 2 steps to more hidden units, with the same number of images, lambda and rho, the "
                   "training reconstruction error fell in all 2; the test reconstruction error fell in 1 "
                   "and rose in 1."));
    CHECK(
        contains(text,
                 "Plain, 100 images: from 10 to 100 hidden units, the training reconstruction error fell at "
                 "every step, from 9 to 1; the test reconstruction error went from 7 to 5, lowest (4) at "
                 "50 hidden units and highest (7) at 10 hidden units."));
    CHECK_FALSE(contains(text, "More training images"));
    CHECK_FALSE(contains(text, "Sparsity"));
}

TEST_CASE("what is equal in the digits shown did not change") {
    const std::string text = all_of({plain(10, 100, 2, 3.00001), plain(20, 100, 2.5, 3.00002)});
    CHECK(contains(text, "In one step to more hidden units"));
    CHECK(contains(text, "the training reconstruction error rose from 2 to 2.5"));
    CHECK(contains(text, "the test reconstruction error did not change (3)"));
}

TEST_CASE("what more images do, and how far test and training are apart") {
    const std::string text = all_of({plain(10, 100, 2, 6), plain(10, 1000, 4, 5)});
    CHECK(contains(text,
                   "10 hidden units, plain: from 100 to 1,000 images, the training reconstruction error rose "
                   "from 2 to 4; the test reconstruction error fell from 6 to 5. The test error is 3 times "
                   "the training error with 100 images, 1.25 times the training error with 1,000 images."));
}

TEST_CASE("what sparsity does: along rho, and against the plain twin") {
    std::vector<SweepRow> rows{plain(10, 100, 2, 6), row(10, 100, 0.05, 0.2, 2, 7),
                               row(10, 100, 0.01, 0.2, 3, 8)};
    rows[2].mean_activations[0] = 0;
    const std::string text = all_of(rows);
    CHECK(contains(text,
                   "In one step to a smaller rho, with all else equal, the mean activation fell; the "
                   "test reconstruction error rose; the share of units that are nearly never active rose."));
    CHECK(
        contains(text,
                 "10 hidden units, 100 images, beta 0.2: from rho 0.05 to 0.01, the mean activation "
                 "fell from 0.05 to 0.009; the test reconstruction error rose from 7 to 8; the share of "
                 "units that are nearly never active rose from 0 % to 10 %. Without the sparsity term: "
                 "mean activation 0.4, test reconstruction error 6, 0 % of the units nearly never active."));
    CHECK(contains(text,
                   "the mean activation is lower in all 2; the test reconstruction error is higher in "
                   "all 2; the share of units that are nearly never active is higher in 1 and is the same in "
                   "1."));
}

TEST_CASE("units that are always on, and how near the mean activations come to rho, are told") {
    std::vector<SweepRow> rows{plain(10, 100, 2, 6), row(10, 100, 0.05, 0.2, 2, 7),
                               row(10, 100, 0.01, 0.2, 3, 8)};
    rows[0].mean_activations = {0.95, 0.95, 0.899, 0.1};
    rows[1].mean_activations = {0.1, 0.3};
    rows[2].mean_activations = {0.005, 0.005};
    const std::string text = all_of(rows);
    CHECK(
        contains(text,
                 "the share of units that are nearly always active is lower in all 2. In the sparse settings "
                 "the mean activation is below rho in 1 and is above rho in 1: 0.5 to 4 times rho."));
    CHECK(contains(text, "test reconstruction error 6, 50 % of the units nearly always active."));
    CHECK_FALSE(contains(text, "nearly never active"));
    rows[2].mean_activations = {0.04, 0.04};
    CHECK(contains(all_of(rows), "mean activation is above rho in all 2: 4 times rho."));
}

TEST_CASE("a beta that goes with the hidden size is let pass, one that is free is not") {
    const std::vector<SweepRow> tied{row(10, 100, 0.05, 0.2, 4, 4), row(50, 100, 0.05, 0.1, 2, 2)};
    CHECK(contains(all_of(tied), "rho 0.05, beta 0.2, 0.1 in turn, 100 images: from 10 to 50 hidden units"));
    std::vector<SweepRow> free = tied;
    free.push_back(row(50, 100, 0.05, 0.2, 3, 3));
    CHECK(contains(all_of(free),
                   "rho 0.05, beta 0.2, 100 images: from 10 to 50 hidden units, the training "
                   "reconstruction error fell from 4 to 3"));
    CHECK_FALSE(contains(all_of(free), "in turn"));
}

TEST_CASE("steps in which beta changes with the hidden size are told") {
    std::vector<SweepRow> rows{row(10, 100, 0.05, 0.2, 4, 4), row(50, 100, 0.05, 0.1, 2, 2)};
    CHECK(contains(all_of(rows),
                   "In one step to more hidden units (in it beta changes as well), with the same"));
    rows.push_back(plain(10, 100, 4, 4));
    rows.push_back(plain(50, 100, 2, 2));
    CHECK(contains(all_of(rows),
                   "Over 2 steps to more hidden units (in 1 of them beta changes as well), with"));
    for (SweepRow& each : rows) each.hyperparameters.beta = each.hyperparameters.sparse() ? 0.1 : 0;
    CHECK(contains(all_of(rows), "Over 2 steps to more hidden units, with"));
}

TEST_CASE("that a compared setting has failed is told") {
    SweepReport report;
    report.rows = {plain(10, 100, 3, 4), plain(20, 100, 3, 4)};
    CHECK_FALSE(contains(sweep_report(report), "line search"));
    report.rows[1].status = LbfgsStatus::line_search_failed;
    CHECK(contains(sweep_report(report), "The comparisons take 1 setting whose line search failed at the"));
    report.rows.pop_back();
    CHECK_FALSE(contains(sweep_report(report), "The comparisons"));
}

TEST_CASE("lambda has a column where it differs") {
    SweepReport report;
    report.rows = {plain(10, 100, 3, 4), plain(20, 100, 3, 4)};
    CHECK_FALSE(contains(sweep_report(report), "<th scope=\"col\">lambda</th>"));
    report.rows[1].hyperparameters.lambda = 1;
    CHECK(contains(sweep_report(report), "<th scope=\"col\">lambda</th>"));
}

TEST_CASE("of equal settings the one of the lowest cost counts") {
    const std::string text = all_of({plain(10, 100, 5, 5), plain(10, 100, 4, 4), plain(20, 100, 3, 3)});
    CHECK(contains(text, "the training reconstruction error fell from 4 to 3"));
}

TEST_CASE("measures that a row lacks are left out") {
    std::vector<SweepRow> rows{plain(10, 100, 5, 5), plain(20, 100, 4, 4)};
    rows[0].test_error.reset();
    CHECK_FALSE(contains(all_of(rows), "test reconstruction error"));
    rows[1].train_error = std::numeric_limits<double>::quiet_NaN();
    CHECK(sweep_findings(rows).empty());
}

TEST_CASE("lambda is told where it differs") {
    std::vector<SweepRow> rows{plain(10, 100, 5, 5), plain(20, 100, 4, 4), plain(10, 100, 6, 6)};
    rows[2].hyperparameters.lambda = 3e-3;
    CHECK(contains(all_of(rows), "Plain, 100 images, lambda 0.0001: from 10 to 20 hidden units"));
}

TEST_CASE("a sweep's report: headline, table, pictures in their places, links that stay inside") {
    SweepReport report;
    report.name = "<sweep>";
    report.rows = {plain(10, 100, 3, 4), row(10, 100, 0.01, 0.2, 3, 5), plain(20, 100, 0, 0)};
    report.rows[0].link = "javascript:x";
    report.rows[0].weights = {std::byte{'f'}};
    report.rows[1].weights = {std::byte{'f'}};
    report.rows[1].status = LbfgsStatus::converged;
    report.rows[1].retries = 2;
    report.rows[2].model_sha256.clear();
    const std::string page = sweep_report(report);
    CHECK(
        contains(page,
                 "2 of 3 settings have a result: 1 converged, 1 at the limit of iterations. The lowest test "
                 "reconstruction error is 4, with 10 hidden units, 100 images, plain. 1 setting was run "
                 "again from another start since the line search failed early."));
    CHECK(contains(page, "&lt;sweep&gt;"));
    CHECK(contains(page, "href=\"./javascript%3Ax\""));
    CHECK(contains(page, "<h3>Plain: hidden units by training images, lambda 0.0001</h3>"));
    CHECK(contains(page, "<h3>Sparse: hidden units by rho, 100 training images, lambda 0.0001</h3>"));
    CHECK(contains(page, "alt=\"Weights: 10 hidden units, 100 images, rho 0.01, beta 0.2\""));
    CHECK(contains(page, "<code title=\"0123456789abcdef\">0123456789ab</code>"));
    CHECK(contains(page, "<th scope=\"row\" data-value=\"20\">20</th>"));
    CHECK_FALSE(contains(page, "Time of the sweep"));
    report.seconds = 60;
    CHECK(contains(sweep_report(report), "Time of the sweep"));
    CHECK_FALSE(contains(page, "20 hidden units, 100 images, plain"));
}
