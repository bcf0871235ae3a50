#include <algorithm>

#include "html.hpp"
#include "sae/report/sweep_report.hpp"
#include "series.hpp"
#include "words.hpp"

namespace sae {
namespace {

using Rows = std::vector<const SweepRow*>;
using Measures = std::vector<Measure>;

/// "Over 11 steps to more hidden units, the training error fell in all 11; the test error fell in 10 and rose
/// in 1." Each measure tells its own number of steps where it differs from the one before.
std::string tally_sentence(const std::vector<Series>& all, std::string_view to, const Measures& measures) {
    std::string text;
    Index steps_before = 0;
    for (const Measure& measure : measures) {
        const Tally steps = tally(measure, all);
        if (steps.total() == 0) continue;
        if (steps.total() == steps_before) {
            text += "; ";
        } else {
            text += (text.empty() ? "" : ". ") +
                    (steps.total() == 1 ? "In one step " : "Over " + html::count(steps.total()) + " steps ") +
                    std::string(to) + ", ";
        }
        text += "the " + std::string(measure.name) + ' ' + words(steps);
        steps_before = steps.total();
    }
    return text.empty() ? "" : text + ". ";
}

/// One sentence for a series: what was varied between which ends, and how each measure went.
std::optional<std::string> trend_sentence(const Series& series, const Measures& measures) {
    std::string text;
    for (const Measure& measure : measures) {
        if (const auto words = trend(measure, series)) text += (text.empty() ? "" : "; ") + *words;
    }
    if (text.empty()) return std::nullopt;
    return series.family + ": " + series.span + ", " + text + '.';
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

/// Shares of units that are worth a word: those that are not 0 in all rows.
Measures shares_of(const Rows& rows) {
    Measures shares;
    for (const Measure& share : {nearly_never_share, nearly_always_share}) {
        const auto told = [&](const SweepRow* row) { return share.of(*row).value_or(0) > 0; };
        if (std::ranges::any_of(rows, told)) shares.push_back(share);
    }
    return shares;
}

/// What the plain autoencoder beside a sparse series does.
std::string plain_sentence(const SweepRow& plain, const Measures& shares) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? " " : ", ") + part; };
    if (const auto mean = mean_activation.of(plain)) add("mean activation " + html::number(*mean));
    if (const auto error = test_error.of(plain)) add("test reconstruction error " + html::number(*error));
    for (const Measure& measure : shares) {
        const bool never = measure.name == nearly_never_share.name;
        if (const auto share = measure.of(plain))
            add(shown(measure, *share) + " of the units nearly " + (never ? "never" : "always") + " active");
    }
    return text.empty() ? "" : " Without the sparsity term:" + text + '.';
}

/// A topic's summary and the sentences of its series, each followed by what `more` says of the series.
template <typename More>
SweepFinding finding_of(std::string topic, std::string summary, const std::vector<Series>& all,
                        const Measures& measures, More more) {
    SweepFinding finding{std::move(topic), std::move(summary), {}};
    for (const Series& series : all) {
        if (const auto text = trend_sentence(series, measures))
            finding.details.push_back(*text + more(series));
    }
    return finding;
}

/// " (in 6 of them beta changes as well)", of the steps of all series.
std::string beta_remark(const std::vector<Series>& all) {
    Index steps = 0, changes = 0;
    for (const Series& series : all) {
        for (std::size_t i = 1; i < series.rows.size(); ++i, ++steps) {
            if (series.rows[i - 1]->hyperparameters.beta != series.rows[i]->hyperparameters.beta) ++changes;
        }
    }
    if (changes == 0) return "";
    const std::string which = changes == steps ? (steps == 1 ? "in it" : "in each of them")
                                               : "in " + html::count(changes) + " of them";
    return " (" + which + " beta changes as well)";
}

SweepFinding hidden_finding(const Rows& rows) {
    const std::vector<Series> all = by_hidden(rows);
    const std::string to =
        "to more hidden units" + beta_remark(all) + ", with the same number of images, lambda and rho";
    return finding_of("More hidden units", tally_sentence(all, to, {train_error, test_error}), all,
                      {train_error, test_error}, [](const Series&) { return ""; });
}

SweepFinding image_finding(const Rows& rows) {
    const std::vector<Series> all = by_train_count(rows);
    constexpr auto to = "to more training images, with all else equal";
    return finding_of("More training images", tally_sentence(all, to, {train_error, test_error}), all,
                      {train_error, test_error}, gap_sentence);
}

/// The sparse settings against the plain ones of the same size and images.
std::string against_plain(const Rows& rows, const Measures& measures) {
    std::string text;
    for (const Measure& measure : measures) {
        Tally pairs;
        for (const SweepRow* row : rows) {
            const SweepRow* plain = row->hyperparameters.sparse() ? plain_twin(*row, rows) : nullptr;
            if (!plain || !measure.of(*row) || !measure.of(*plain)) continue;
            pairs.add(*measure.of(*plain), *measure.of(*row));
        }
        if (pairs.total() == 0) continue;
        text += (text.empty() ? "" : "; ") + std::string("the ") + std::string(measure.name) + ' ' +
                words(pairs, "is lower", "is higher", "is the same");
    }
    if (text.empty()) return "";
    return "With the sparsity term, against the plain setting of the same size, images and lambda, " + text +
           ". ";
}

/// How near the mean activations come to the rho that was asked for.
std::string against_rho(const Rows& rows) {
    Tally sides;
    std::vector<double> times;
    for (const SweepRow* row : rows) {
        const std::optional<double> mean = mean_activation.of(*row);
        if (!row->hyperparameters.sparse() || !mean) continue;
        sides.add(row->hyperparameters.rho, *mean);
        times.push_back(*mean / row->hyperparameters.rho);
    }
    if (times.empty()) return "";
    const auto [least, most] = std::ranges::minmax(times);
    const std::string from = html::number(least), to = html::number(most);
    return "In the sparse settings the mean activation " +
           words(sides, "is below rho", "is above rho", "is rho") + ": " +
           (from == to ? to : from + " to " + to) + " times rho.";
}

SweepFinding sparsity_finding(const Rows& rows) {
    const std::vector<Series> all = by_rho(rows);
    constexpr auto to = "to a smaller rho, with all else equal";
    const Measures shares = shares_of(rows);
    Measures measures{mean_activation, test_error};
    measures.insert(measures.end(), shares.begin(), shares.end());
    std::string summary = tally_sentence(all, to, measures) + against_plain(rows, measures);
    if (!summary.empty()) summary += against_rho(rows);
    return finding_of("Sparsity", summary, all, measures, [&](const Series& series) {
        const SweepRow* plain = plain_twin(*series.rows.front(), rows);
        return plain ? plain_sentence(*plain, shares) : "";
    });
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
