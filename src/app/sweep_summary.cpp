#include "sweep_summary.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "sae/app/image_sources.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/picture.hpp"
#include "sae/data/readable.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

PngBytes read_picture(const std::string& path) {
    if (!std::filesystem::exists(path)) return {};
    const InputFile file(path);
    PngBytes bytes(static_cast<std::size_t>(file.size()));
    file.read_at(0, bytes);
    return bytes;
}

/// A column of the table for people: an entry of row_json(), and how std::printf writes it.
struct Column {
    const char* heading;
    const char* key;
    const char* format;
};
constexpr Column columns[] = {{"hidden", "hidden", "%.0f"},
                              {"images", "train_count", "%.0f"},
                              {"beta", "beta", "%g"},
                              {"rho", "rho", "%g"},
                              {"status", "status", "%s"},
                              {"iterations", "iterations", "%.0f"},
                              {"evaluations", "evaluations", "%.0f"},
                              {"retries", "retries", "%.0f"},
                              {"cost", "cost", "%.4f"},
                              {"train error", "train_error", "%.4f"},
                              {"test error", "test_error", "%.4f"},
                              {"seconds", "seconds", "%.2f"},
                              {"sha256", "sha256", "%.12s"}};

std::vector<std::string> cells(const SettingResult& result) {
    const Json row = row_json(result);
    std::vector<std::string> cells;
    for (const Column& column : columns) {
        const Json& value = row[column.key];
        cells.push_back(value.is_null()     ? "-"
                        : value.is_string() ? formatted(column.format, value.get<std::string>().c_str())
                                            : formatted(column.format, value.get<double>()));
    }
    return cells;
}

/// What all rows share: the options except those of one setting.
NamedValues shared_settings(SweepOptions options, double lambda) {
    NamedValues settings = table_of(options).settings();
    std::erase_if(settings,
                  [](const auto& setting) { return setting.first == "lambda" || setting.first == "quiet"; });
    settings.emplace_back("lambda", formatted("%g", lambda));
    return settings;
}

SweepReport report_of(const SweepOptions& options, const std::vector<SettingResult>& results) {
    SweepReport report;
    report.name = "Sweep " + RunDirectory(options.output).name();
    std::set<Index> counts;
    for (const SettingResult& result : results) counts.insert(result.row.train_count);
    const Images images = open_training_images(options.source, *counts.rbegin());
    report.train_data = images.source->description() + "; trained on the first ";
    for (const Index count : counts)
        report.train_data += (count == *counts.begin() ? "" : ", ") + std::to_string(count);
    const Images test = open_test_images(options.source, options.test_count);
    if (test.source) report.test_data = test.source->description();
    if (test.source && options.test_count)
        report.test_data += "; tested on the first " + std::to_string(*options.test_count);
    report.settings = shared_settings(options, results.front().row.hyperparameters.lambda);
    for (const SettingResult& result : results) {
        SweepRow& row = report.rows.emplace_back(result.row);
        report.empty_cells |= empty_cells(row.hidden, images.source->rows(), images.source->cols()) > 0;
        if (row.model_sha256.empty()) continue;
        const std::string name = name_of(row);
        row.link = name + "/report.html";
        row.weights = read_picture(options.output + '/' + name + "/weights.png");
    }
    return report;
}

}  // namespace

std::string settings_json(const std::vector<SweepSetting>& settings) {
    std::string text = "[\n";
    for (std::size_t k = 0; k < settings.size(); ++k) {
        const Json row = row_json(no_result(settings[k]));
        Json object;
        object["index"] = k;
        for (const char* key : {"name", "hidden", "train_count", "lambda", "beta", "rho"})
            object[key] = row[key];
        text += object.dump() + (k + 1 < settings.size() ? ",\n" : "\n");
    }
    return text + "]\n";
}

std::string sweep_text(const std::vector<SettingResult>& results) {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : columns) lines.front().emplace_back(column.heading);
    for (const SettingResult& result : results) lines.push_back(cells(result));
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

void write_summary(const SweepOptions& options, const std::vector<SettingResult>& results, double seconds,
                   const NamedValues& made_by) {
    const RunDirectory directory(options.output);
    SweepReport report = report_of(options, results);
    report.seconds = seconds;
    report.made_by = made_by;
    Json settings = Json::array();
    for (std::size_t k = 0; k < results.size(); ++k) {
        Json object;
        object["index"] = k;
        object.update(row_json(results[k]));
        object["report"] = report.rows[k].link.empty() ? Json() : Json(report.rows[k].link);
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
