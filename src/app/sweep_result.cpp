#include "sweep_result.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "sae/app/run_directory.hpp"
#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/model_file.hpp"
#include "sweep_row_json.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* iterations_limit = "max-iterations";

/// The limit of iterations of a training with this identity; no training has the identity without.
Index limit_of(const SettingIdentity& identity) {
    return find_number<Index>(identity, iterations_limit, "the result of a setting").value_or(0);
}

std::string failed_starts_path(const std::string& run_directory) {
    return RunDirectory(run_directory).file("failed-starts.json");
}

/// Throws Error if the model in the run directory is gone, damaged, or not the result's.
void check_model(const std::string& run_directory, const SettingResult& result) {
    const std::string path = result_path(run_directory), model_path = RunDirectory(run_directory).model();
    const std::string advice =
        ": remove the directory " + run_directory + ", and --resume trains the setting again";
    if (!std::filesystem::exists(model_path))
        throw Error(path + ": is there, but " + model_path + " is gone" + advice);
    const auto hash = [&] {
        try {
            const Model model = read_model(model_path);
            return parameters_sha256(model.shape, model.theta);
        } catch (const Error& error) {
            throw Error(error.what() + advice);
        }
    }();
    if (hash != result.row.model_sha256)
        throw Error(model_path + ": is not the model that " + path + " describes (SHA-256 " + hash +
                    ", expected " + result.row.model_sha256 + ")" + advice);
}

}  // namespace

std::string result_path(const std::string& run_directory) {
    return RunDirectory(run_directory).file("result.json");
}

void write_result(const std::string& run_directory, const SettingResult& result) {
    Json object = row_json(result.row, result.seed);
    object["mean_activations"] = result.row.mean_activations;
    object["settings"] = result.identity;
    write_file_atomically(result_path(run_directory), object.dump(2) + '\n');
}

std::optional<SettingResult> read_result(const std::string& run_directory) {
    const std::string path = result_path(run_directory);
    if (!std::filesystem::exists(path)) return std::nullopt;
    SettingResult result;
    try {
        const Json object = Json::parse(read_whole(path));
        result.row = row_of_json(object);
        result.seed = object.at("seed").get<std::uint64_t>();
        result.row.mean_activations = object.at("mean_activations").get<std::vector<double>>();
        result.identity = object.at("settings").get<SettingIdentity>();
    } catch (const std::exception& error) {
        throw Error(path + ": is not the result of a setting: " + error.what() +
                    "; remove it, and --resume makes it again");
    }
    check_model(run_directory, result);
    return result;
}

bool is_result_of(const SettingResult& result, const SettingIdentity& identity, Index retries,
                  const std::string& run_directory) {
    std::string differences;
    bool higher_limit = false;
    const auto value = [](const SettingIdentity& from, const std::string& key) {
        const auto found = from.find(key);
        return found == from.end() ? std::string("none") : found->second;
    };
    SettingIdentity keys = result.identity;
    keys.insert(identity.begin(), identity.end());
    for (const auto& [key, unused] : keys) {
        const std::string there = value(result.identity, key), here = value(identity, key);
        if (there == here) continue;
        if (key == iterations_limit && limit_of(identity) > limit_of(result.identity))
            higher_limit = true;
        else
            differences +=
                (differences.empty() ? "" : ", ") + key + ' ' + there + " there and " + here + " here";
    }
    if (!differences.empty())
        throw Error(run_directory + ": holds a result of other settings: " + differences +
                    "; name another --output, or replace it with --overwrite");
    const SweepRow& row = result.row;
    if (higher_limit) return row.status == LbfgsStatus::converged;
    const Index limit = limit_of(identity);
    return row.retries >= retries || !failed_early(row.status, row.iterations, limit);
}

std::optional<SettingResult> result_of(const SweepOptions& options, const SweepSetting& setting,
                                       DataHashes& hashes) {
    const TrainOptions training = train_options(options, setting);
    std::optional<SettingResult> result = read_result(training.output);
    if (!result) return std::nullopt;
    const SettingIdentity identity = identity_of(training, hashes.of(setting.train_count));
    if (is_result_of(*result, identity, options.retries, training.output)) return result;
    return std::nullopt;
}

bool failed_early(LbfgsStatus status, Index iterations, Index max_iterations) {
    return status == LbfgsStatus::line_search_failed && iterations < max_iterations / 2;
}

Index failed_starts(const std::string& run_directory, std::uint64_t first_seed) {
    const std::string path = failed_starts_path(run_directory);
    if (!std::filesystem::exists(path)) return 0;
    try {
        const Json object = Json::parse(read_whole(path));
        if (object.at("first_seed").get<std::uint64_t>() != first_seed) return 0;
        return static_cast<Index>(object.at("failed_starts").get<std::uint32_t>());
    } catch (const Json::exception& error) {
        throw Error(path + ": does not say how many starts have failed: " + error.what() +
                    "; remove the directory " + run_directory + ", and --resume trains the setting again");
    }
}

void write_failed_starts(const std::string& run_directory, std::uint64_t first_seed, Index number) {
    forget_run(run_directory);
    const Json object{{"first_seed", first_seed}, {"failed_starts", number}};
    write_file_atomically(failed_starts_path(run_directory), object.dump(2) + '\n');
}

void forget_run(const std::string& run_directory) {
    for (const std::string& path :
         {result_path(run_directory), RunDirectory(run_directory).model(), failed_starts_path(run_directory)})
        std::filesystem::remove(path);
    keep_newest(run_directory, 0);
}

}  // namespace sae
