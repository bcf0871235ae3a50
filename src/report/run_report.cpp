
#include "sae/report/run_report.hpp"

#include "chart.hpp"
#include "html.hpp"
#include "words.hpp"

namespace sae {
namespace {

std::string outcome_words(LbfgsStatus status) {
    switch (status) {
        case LbfgsStatus::running:
            return "Not finished";
        case LbfgsStatus::converged:
            return "Converged";
        case LbfgsStatus::max_iterations:
            return "Ended at its limit of iterations";
        case LbfgsStatus::line_search_failed:
            return "Ended where no step lowered the cost enough";
        case LbfgsStatus::interrupted:
            break;
    }
    return "Interrupted";
}

std::string headline(const RunReport& report) {
    std::string text = outcome_words(report.status);
    if (!report.iterations.empty()) {
        const IterationRecord& last = report.iterations.back();
        text += ", after " + html::count(last.iteration, "iteration") + ", at a cost of " +
                html::number(last.cost.total());
    }
    text += '.';
    if (const auto hidden = static_cast<Index>(report.mean_activations.size()); hidden > 0) {
        text += " The autoencoder has " + html::count(hidden, "hidden unit");
        text += report.hyperparameters.sparse()
                    ? " and a sparsity term (" + sparsity_words(report.hyperparameters) + ")."
                    : " and no sparsity term.";
    }
    return "<p class=\"lead\">" + html::escape(text) + "</p>\n";
}

std::string key_numbers(const RunReport& report) {
    NamedValues values;
    if (!report.iterations.empty()) {
        const IterationRecord& last = report.iterations.back();
        values.emplace_back("Cost", html::number(last.cost.total()));
        values.emplace_back("Iterations", html::count(last.iteration));
    }
    if (report.train_error) values.emplace_back("Error, training images", html::number(report.train_error));
    if (report.test_error) values.emplace_back("Error, test images", html::number(report.test_error));
    values.emplace_back("Evaluations", html::count(report.evaluations));
    values.emplace_back("Time", html::duration(report.seconds));
    return html::key_numbers(values);
}

/// Iterations 1, 2, 5, 10, 20, 50, ... and the first and the last.
std::vector<IterationRecord> milestones(const std::vector<IterationRecord>& records) {
    std::vector<IterationRecord> kept;
    Index next = 0;
    Index decade = 1;
    for (const IterationRecord& record : records) {
        if (record.iteration < next && &record != &records.back()) continue;
        kept.push_back(record);
        while (next <= record.iteration) {
            if (next >= 5 * decade) decade *= 10;
            next = next < decade ? decade : next < 2 * decade ? 2 * decade : 5 * decade;
        }
    }
    return kept;
}

std::string cost_table(const std::vector<IterationRecord>& records) {
    std::string rows;
    for (const IterationRecord& record : milestones(records)) {
        const CostTerms& cost = record.cost;
        rows += "<tr><th scope=\"row\">" + html::count(record.iteration) + "</th><td>" +
                html::count(record.evaluations) + "</td>";
        for (const double value :
             {cost.total(), cost.reconstruction, cost.weight_decay, cost.sparsity, record.gradient_norm}) {
            rows += "<td>" + html::number(value) + "</td>";
        }
        rows += "</tr>\n";
    }
    return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Cost in "
           "numbers\"><table><caption>The same in numbers</caption>\n<thead><tr>"
           "<th class=\"text\" scope=\"col\">Iteration</th><th scope=\"col\">Evaluations</th>"
           "<th scope=\"col\">Cost</th><th scope=\"col\">Reconstruction</th>"
           "<th scope=\"col\">Weight decay</th><th scope=\"col\">Sparsity</th>"
           "<th scope=\"col\">Gradient norm</th></tr></thead>\n<tbody>\n" +
           rows + "</tbody></table></div>\n";
}

std::string cost_section(const RunReport& report) {
    if (report.iterations.empty()) return "";
    return cost_chart(report.iterations) + cost_table(report.iterations);
}

std::string error_words(const RunReport& report) {
    if (!report.train_error && !report.test_error) return "";
    std::string text = "Reconstruction error, the mean over images of half the squared distance: ";
    if (report.train_error) text += html::number(*report.train_error) + " on the training images";
    if (report.train_error && report.test_error) text += ", ";
    if (report.test_error) text += html::number(*report.test_error) + " on the test images";
    if (report.train_error && report.test_error && *report.train_error > 0) {
        text += ", which is " + html::number(*report.test_error / *report.train_error) + " times as much";
    }
    return html::paragraph(text + '.');
}

std::string beside(std::string_view whose, const PngBytes& input, const PngBytes& decoded) {
    if (input.empty() || decoded.empty()) return "";
    const std::string first = "First " + std::string(whose);
    return "<h3>" + first + "</h3>\n<div class=\"pair\">\n<figure><figcaption>as they are</figcaption>" +
           html::image(input, "Grid of the " + std::string(whose) + " as they are.") +
           "</figure>\n<figure><figcaption>as the autoencoder gives them back</figcaption>" +
           html::image(decoded, "The same grid as the autoencoder gives it back.") + "</figure>\n</div>\n";
}

std::string reconstruction_section(const RunReport& report) {
    return error_words(report) + beside("training images", report.train_input, report.train_decoded) +
           beside("test images", report.test_input, report.test_decoded);
}

std::string weights_section(const RunReport& report) {
    if (report.weights.empty()) return "";
    return html::paragraph(
               "One cell for each hidden unit: the input that excites it most among those of equal length. "
               "Light pixels excite it, dark ones inhibit it, mid-grey ones do not matter; each cell has a "
               "scale of its own.") +
           "<figure class=\"single\">" +
           html::image(report.weights, "Grid of the inputs that excite each hidden unit most.") +
           "</figure>\n";
}

std::string activation_section(const RunReport& report) {
    const ActivationSummary summary = summarise(report.mean_activations);
    if (summary.units == 0) return "";
    std::string text =
        "Mean activations over the training images, where 0 is never and 1 is always active: " +
        html::number(summary.lowest) + " for the least active unit, " + html::number(summary.median) +
        " for the median, " + html::number(summary.highest) + " for the most active; " +
        html::number(summary.mean) + " on average. ";
    text += report.hyperparameters.sparse() ? "The sparsity term pulls each of them towards rho = " +
                                                  html::number(report.hyperparameters.rho) + "."
                                            : "There is no sparsity term that would hold them down.";
    text += " Nearly never active (below " + html::number(nearly_never_active) +
            "): " + html::count(summary.nearly_never) + " of " + html::count(summary.units) + '.';
    return html::paragraph(text) + activation_chart(report.mean_activations, report.hyperparameters);
}

std::string data_section(const RunReport& report) {
    NamedValues data;
    if (!report.train_data.empty()) data.emplace_back("training", report.train_data);
    if (!report.test_data.empty()) data.emplace_back("test", report.test_data);
    return html::table_of("What it was trained on and tried with", data);
}

std::string model_section(const RunReport& report) {
    if (report.model_sha256.empty()) return "";
    return "<p>SHA-256 of the parameters (W1, W2, b1, b2 as they lie in model.safetensors), the same for any "
           "number of processes: <code>" +
           html::escape(report.model_sha256) + "</code></p>\n";
}

}  // namespace

std::string run_report(const RunReport& report) {
    std::string body = "<h1>" + html::escape(report.name) + "</h1>\n" + headline(report);
    body += key_numbers(report);
    body += html::paragraph(report.explanation);
    body += html::section("Cost", cost_section(report));
    body += html::section("Reconstruction", reconstruction_section(report));
    body += html::section("Weights", weights_section(report));
    body += html::section("Mean activations of the hidden units", activation_section(report));
    body += html::section("Data", data_section(report));
    body += html::section("Settings", html::table_of("Every option as used", report.settings));
    body += html::section("Model", model_section(report));
    return html::page(report.name, body);
}

}  // namespace sae
