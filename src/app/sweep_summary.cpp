#include "sweep_summary.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>

#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/picture.hpp"
#include "sae/data/readable.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "sweep_row_json.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

SweepRow row_of(const SweepEntry& entry) {
    if (entry.result) return entry.result->row;
    SweepRow row;
    row.hidden = entry.setting.hidden;
    row.train_count = entry.setting.train_count;
    row.hyperparameters = entry.setting.hyperparameters;
    return row;
}

PngBytes read_picture(const std::string& path) {
    if (!std::filesystem::exists(path)) return {};
    const InputFile file(path);
    PngBytes bytes(static_cast<std::size_t>(file.size()));
    file.read_at(0, bytes);
    return bytes;
}

std::string format(const char* pattern, double value) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}

std::vector<std::string> cells(const SweepRow& row) {
    const Hyperparameters& terms = row.hyperparameters;
    std::vector<std::string> cells{std::to_string(row.hidden), std::to_string(row.train_count),
                                   format("%g", terms.beta), terms.sparse() ? format("%g", terms.rho) : "-"};
    if (row.model_sha256.empty()) {
        cells.insert(cells.end(), {"not_finished", "-", "-", "-", "-", "-", "-", "-", "-"});
        return cells;
    }
    const auto error = [](const std::optional<double>& value) {
        return value ? format("%.4f", *value) : std::string("-");
    };
    cells.insert(
        cells.end(),
        {std::string(name(row.status)), std::to_string(row.iterations), std::to_string(row.evaluations),
         std::to_string(row.retries), format("%.4f", row.cost.total()), error(row.train_error),
         error(row.test_error), format("%.2f", row.seconds), row.model_sha256.substr(0, 12)});
    return cells;
}

/// What all rows share: the options but those that are a setting's own.
NamedValues shared_settings(const SweepOptions& options, const std::vector<SweepEntry>& entries) {
    NamedValues settings;
    for (auto& [option, value] : settings_of(options)) {
        if (option != "lambda" && option != "quiet") settings.emplace_back(option, value);
    }
    if (!entries.empty())
        settings.emplace_back("lambda", format("%g", entries.front().setting.hyperparameters.lambda));
    return settings;
}

/// Where the training images come from, how many of them the settings take, and what their size makes of a
/// picture.
void add_training_data(const SourceOptions& source, const std::vector<SweepEntry>& entries,
                       SweepReport& report) {
    std::set<Index> counts;
    for (const SweepEntry& entry : entries) counts.insert(entry.setting.train_count);
    const Images images = open_training_images(source, {"train-count", *counts.rbegin()});
    const Index rows = images.source->rows(), cols = images.source->cols();
    report.empty_cells = std::ranges::any_of(
        entries, [&](const SweepEntry& entry) { return empty_cells(entry.setting.hidden, rows, cols) > 0; });
    std::string list;
    for (const Index count : counts) list += (list.empty() ? "" : ", ") + std::to_string(count);
    report.train_data = images.source->description() + "; trained on the first " + list;
}

SweepReport report_of(const SweepOptions& options, const std::vector<SweepEntry>& entries, double seconds) {
    SweepReport report;
    report.name = "Sweep " + RunDirectory(options.training.output).name();
    const SourceOptions& source = options.training.source;
    add_training_data(source, entries, report);
    const Images test = open_test_images(source, {"test-count", options.training.test_count});
    if (test.source) report.test_data = test.source->description();
    if (test.source && options.training.test_count)
        report.test_data += "; tested on the first " + std::to_string(*options.training.test_count);
    report.settings = shared_settings(options, entries);
    report.seconds = seconds;
    for (const SweepEntry& entry : entries) {
        SweepRow& row = report.rows.emplace_back(row_of(entry));
        if (!entry.result) continue;
        const std::string name = name_of(entry.setting);
        row.link = name + "/report.html";
        row.weights = read_picture(options.training.output + '/' + name + "/weights.png");
    }
    return report;
}

}  // namespace

std::string settings_json(const std::vector<SweepSetting>& settings) {
    std::string text = "[\n";
    for (std::size_t k = 0; k < settings.size(); ++k) {
        const Hyperparameters& terms = settings[k].hyperparameters;
        Json object;
        object["index"] = k;
        object["name"] = name_of(settings[k]);
        object["hidden"] = settings[k].hidden;
        object["train_count"] = settings[k].train_count;
        object["lambda"] = terms.lambda;
        object["beta"] = terms.beta;
        object["rho"] = terms.sparse() ? Json(terms.rho) : Json();
        text += object.dump() + (k + 1 < settings.size() ? ",\n" : "\n");
    }
    return text + "]\n";
}

std::string sweep_text(const std::vector<SweepEntry>& entries) {
    std::vector<std::vector<std::string>> lines{{"hidden", "images", "beta", "rho", "status", "iterations",
                                                 "evaluations", "retries", "cost", "train error",
                                                 "test error", "seconds", "sha256"}};
    for (const SweepEntry& entry : entries) lines.push_back(cells(row_of(entry)));
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            text += (i > 0 ? "  " : "") + std::string(widths[i] - line[i].size(), ' ') + line[i];
        }
        text += '\n';
    }
    return text;
}

void write_summary(const SweepOptions& options, const std::vector<SweepEntry>& entries, double seconds,
                   const NamedValues& made_by) {
    const RunDirectory directory(options.training.output);
    SweepReport report = report_of(options, entries, seconds);
    report.made_by = made_by;
    Json settings = Json::array();
    for (std::size_t k = 0; k < entries.size(); ++k) {
        Json object;
        object["index"] = k;
        object.update(row_json(report.rows[k], entries[k].result ? entries[k].result->seed : 0));
        object["report"] = entries[k].result ? Json(report.rows[k].link) : Json();
        settings.push_back(std::move(object));
    }
    Json table;
    table["train_data"] = report.train_data;
    table["test_data"] = report.test_data.empty() ? Json() : Json(report.test_data);
    table["seconds"] = seconds > 0 ? Json(seconds) : Json();
    for (const auto& [name, value] : made_by) table["made_by"][name] = readable(value);
    table["settings"] = std::move(settings);
    write_file_atomically(directory.file("report.html"), sweep_report(report));
    write_file_atomically(directory.file("sweep.json"), table.dump(2) + '\n');
}

}  // namespace sae
