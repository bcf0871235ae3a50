#include "report_html.hpp"
#include "report_series.hpp"
#include "report_words.hpp"
#include "sae/app/report_sweep.hpp"

namespace sae {
namespace {

using Rows = std::vector<const SweepRow*>;

/// "Over 11 steps to more hidden units (same ...), the error fell in 10 and rose in 1."
std::string tally_sentence(const Measure& measure, const std::vector<Series>& all, std::string_view to) {
    const Tally steps = tally(measure, all);
    if (steps.total() == 0) return "";
    return (steps.total() == 1 ? "In the one step " : "Over " + html::count(steps.total()) + " steps ") +
           std::string(to) + ", the " + std::string(measure.name) + ' ' + words(steps) + ". ";
}

/// One sentence for a series: what was varied between which ends, and how each measure went.
std::optional<std::string> trend_sentence(const Series& series, std::initializer_list<Measure> measures) {
    std::string text;
    for (const Measure& measure : measures) {
        if (const auto words = trend(measure, series)) text += (text.empty() ? "" : "; ") + *words;
    }
    if (text.empty()) return std::nullopt;
    return series.family + ": from " + series.places.front() + " to " + series.places.back() + ' ' + text +
           '.';
}

/// How much larger the test error is than the training error, at both ends of a series.
std::string gap_sentence(const Series& series) {
    std::string text;
    for (const std::size_t end : {std::size_t{0}, series.rows.size() - 1}) {
        const auto train = train_error.of(*series.rows[end]);
        const auto test = test_error.of(*series.rows[end]);
        if (!train || !test || *train <= 0) return "";
        text += (end == 0 ? " The test error is " : ", ") + html::number(*test / *train) +
                " times the training error with " + series.places[end];
    }
    return text + '.';
}

/// What the plain autoencoder beside a sparse series does.
std::string plain_sentence(const SweepRow& plain) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? " " : ", ") + part; };
    if (const auto mean = mean_activation.of(plain)) add("mean activation " + html::number(*mean));
    if (const auto error = test_error.of(plain)) add("test reconstruction error " + html::number(*error));
    if (const auto share = nearly_never_share.of(plain)) {
        add(html::number(*share) + " per cent nearly never active");
    }
    return text.empty() ? "" : " Without the sparsity term:" + text + '.';
}

SweepFinding hidden_finding(const Rows& rows) {
    const std::vector<Series> all = by_hidden(rows);
    constexpr std::string_view to = "to more hidden units, with the same number of images, lambda and rho";
    SweepFinding finding{"More hidden units", tally_sentence(test_error, all, to), {}};
    if (finding.summary.empty()) finding.summary = tally_sentence(train_error, all, to);
    for (const Series& series : all) {
        if (auto text = trend_sentence(series, {train_error, test_error})) {
            finding.details.push_back(std::move(*text));
        }
    }
    return finding;
}

SweepFinding image_finding(const Rows& rows) {
    const std::vector<Series> all = by_train_count(rows);
    constexpr std::string_view to = "to more training images, with all else equal";
    SweepFinding finding{"More training images",
                         tally_sentence(train_error, all, to) + tally_sentence(test_error, all, to),
                         {}};
    for (const Series& series : all) {
        if (auto text = trend_sentence(series, {train_error, test_error})) {
            finding.details.push_back(*text + gap_sentence(series));
        }
    }
    return finding;
}

/// The sparse settings against the plain ones of the same size and images.
std::string against_plain(const Rows& rows) {
    std::string text;
    for (const Measure& measure : {mean_activation, test_error}) {
        Tally pairs;
        for (const SweepRow* row : rows) {
            const SweepRow* plain = row->hyperparameters.sparse() ? plain_twin(*row, rows) : nullptr;
            if (!plain || !measure.of(*row) || !measure.of(*plain)) continue;
            pairs.add(*measure.of(*plain), *measure.of(*row));
        }
        if (pairs.total() == 0) continue;
        text += "Of " + html::count(pairs.total(), "sparse setting") +
                " with a plain one of the same size, images and lambda, the " + std::string(measure.name) +
                ' ' + words(pairs, "is lower", "is higher", "is the same") + ". ";
    }
    return text;
}

SweepFinding sparsity_finding(const Rows& rows) {
    const std::vector<Series> all = by_rho(rows);
    constexpr std::string_view to = "to a smaller rho, with all else equal";
    SweepFinding finding{
        "Sparsity",
        tally_sentence(mean_activation, all, to) + tally_sentence(test_error, all, to) + against_plain(rows),
        {}};
    for (const Series& series : all) {
        if (auto text = trend_sentence(series, {mean_activation, test_error, nearly_never_share})) {
            const SweepRow* plain = plain_twin(*series.rows.front(), rows);
            finding.details.push_back(*text + (plain ? plain_sentence(*plain) : ""));
        }
    }
    return finding;
}

}  // namespace

std::vector<SweepFinding> sweep_findings(const std::vector<SweepRow>& rows) {
    const Rows compared = comparable(rows);
    std::vector<SweepFinding> findings;
    for (SweepFinding& finding :
         std::vector{hidden_finding(compared), image_finding(compared), sparsity_finding(compared)}) {
        if (!finding.summary.empty() || !finding.details.empty()) findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace sae
