#include "sae/report/sweep_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "html.hpp"
#include "sweep_parts.hpp"
#include "words.hpp"

namespace sae {
namespace {

bool has_result(const SweepRow& row) {
    return !row.model_sha256.empty();
}

/// "12 converged, 5 at the limit of iterations", of the rows with a result.
std::string outcomes(const std::vector<SweepRow>& rows) {
    std::map<LbfgsStatus, Index> counts;
    for (const SweepRow& row : rows) {
        if (has_result(row)) ++counts[row.status];
    }
    std::string text;
    for (const auto& [status, number] : counts) {
        text += (text.empty() ? "" : ", ") + html::count(number) + ' ' + status_words(status);
    }
    return text;
}

std::string lowest_error(const std::vector<SweepRow>& rows) {
    const SweepRow* best = nullptr;
    for (const SweepRow& row : rows) {
        const bool counts = has_result(row) && row.test_error && std::isfinite(*row.test_error);
        if (counts && (!best || *row.test_error < *best->test_error)) best = &row;
    }
    if (!best) return "";
    return " The lowest test reconstruction error is " + html::number(*best->test_error) + ", with " +
           setting_words(*best) + '.';
}

std::string retried(const std::vector<SweepRow>& rows) {
    const auto again =
        std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.retries > 0; });
    if (again == 0) return "";
    return ' ' + html::count(again, "setting") + (again == 1 ? " was" : " were") +
           " run again from another start since the line search failed early.";
}

std::string headline(const SweepReport& report) {
    const auto& rows = report.rows;
    const auto done = std::count_if(rows.begin(), rows.end(), has_result);
    std::string text = done == std::ssize(rows)
                           ? html::count(done, "setting") + (done == 1 ? " was trained" : " were trained")
                           : html::count(done) + " of " + html::count(std::ssize(rows), "setting") +
                                 (done == 1 ? " has" : " have") + " a result";
    if (done > 0) text += ": " + outcomes(rows);
    text += '.' + lowest_error(rows) + retried(rows);
    return "<p class=\"lead\">" + html::escape(text) + "</p>\n";
}

std::string headed(const std::string& topic, const std::string& content) {
    return content.empty() ? "" : "<h3>" + html::escape(topic) + "</h3>\n" + content;
}

/// Settings that ended before they were done are in the comparisons as well.
std::string failed_remark(const std::vector<SweepRow>& rows) {
    const Index failed = std::ranges::count_if(rows, [](const SweepRow& row) {
        return has_result(row) && row.status == LbfgsStatus::line_search_failed;
    });
    if (failed == 0) return "";
    return html::paragraph("The comparisons take " + html::count(failed, "setting") +
                           (failed == 1 ? " whose line search failed at the point that it"
                                        : " whose line searches failed at the points that they") +
                           " had reached.");
}

std::string summaries(const std::vector<SweepFinding>& findings, const std::vector<SweepRow>& rows) {
    std::string text;
    for (const SweepFinding& finding : findings)
        text += headed(finding.topic, html::paragraph(finding.summary));
    return text.empty() ? "" : text + failed_remark(rows);
}

std::string details(const std::vector<SweepFinding>& findings) {
    std::string text;
    for (const SweepFinding& finding : findings) {
        std::string items;
        for (const std::string& detail : finding.details) items += "<li>" + html::escape(detail) + "</li>\n";
        text += headed(finding.topic, items.empty() ? "" : "<ul>\n" + items + "</ul>\n");
    }
    return text;
}

std::string data_section(const SweepReport& report) {
    NamedValues data;
    if (!report.train_data.empty()) data.emplace_back("training", report.train_data);
    if (!report.test_data.empty()) data.emplace_back("test", report.test_data);
    return html::table_of("What the settings were trained on and tried with", data);
}

std::string key_numbers(const SweepReport& report) {
    double work = 0;
    for (const SweepRow& row : report.rows) work += has_result(row) ? row.seconds : 0;
    NamedValues numbers{{"Settings", html::count(std::ssize(report.rows))}};
    if (report.seconds > 0) numbers.emplace_back("Time of the sweep", html::duration(report.seconds));
    numbers.emplace_back("Sum of the trainings' times", html::duration(work));
    return html::key_numbers(numbers);
}

}  // namespace

std::string sweep_report(const SweepReport& report) {
    std::string body =
        "<h1>" + html::escape(report.name) + "</h1>\n" + headline(report) + key_numbers(report);
    const std::vector<SweepFinding> findings = sweep_findings(report.rows);
    body += html::section("What the settings change", summaries(findings, report.rows));
    body += html::section("Weights", sweep_pictures(report.rows));
    body += html::section("All settings", sweep_table(report.rows));
    body += html::section("What the settings change, in detail", details(findings));
    body += html::section("Data", data_section(report));
    body += html::section("Settings that all share", html::table_of("As used", report.settings));
    return html::page(report.name, body);
}

}  // namespace sae
