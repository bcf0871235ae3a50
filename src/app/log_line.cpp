#include "sae/app/log_line.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sae/app/number_text.hpp"

namespace sae {

std::string log_line(const IterationRecord& record) {
    std::string text = "{\"iteration\":" + std::to_string(record.iteration) +
                       ",\"evaluations\":" + std::to_string(record.evaluations);
    const auto add = [&](const char* key, double number) {
        text += ",\"";
        text += key;
        text += "\":";
        text += json_text(number);
    };
    add("cost", record.cost.total());
    add("reconstruction", record.cost.reconstruction);
    add("weight_decay", record.cost.weight_decay);
    add("sparsity", record.cost.sparsity);
    add("gradient_norm", record.gradient_norm);
    add("step", record.step);
    add("seconds", record.seconds);
    text += '}';
    return text;
}

std::vector<IterationRecord> read_log(const std::string& path) {
    std::vector<IterationRecord> records;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto object = nlohmann::json::parse(line, nullptr, false);
        if (!object.is_object()) continue;
        const auto real = [&](const char* key) {
            const auto found = object.find(key);
            return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
        };
        const auto count = [&](const char* key) {
            const auto found = object.find(key);
            return found != object.end() && found->is_number_integer() ? found->get<Index>() : 0;
        };
        records.push_back({count("iteration"),
                           count("evaluations"),
                           {real("reconstruction"), real("weight_decay"), real("sparsity")},
                           real("gradient_norm"),
                           real("step"),
                           real("seconds")});
    }
    return records;
}

double total_seconds(std::span<const IterationRecord> records) {
    return std::accumulate(records.begin(), records.end(), 0.0,
                           [](double sum, const IterationRecord& record) { return sum + record.seconds; });
}

}  // namespace sae
