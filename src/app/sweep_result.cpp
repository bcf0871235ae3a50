#include "sweep_result.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sae/app/run_directory.hpp"
#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/report/activation_summary.hpp"
#include "sae/train/lbfgs_outcome.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* iterations_limit = "max-iterations";

/// The limit of iterations of a training with this identity; 0 if the identity is not that of a training.
Index limit_of(const Metadata& identity) {
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

Json optional_number(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

std::optional<double> optional_number(const Json& value) {
    return value.is_null() ? std::nullopt : std::optional<double>(value.get<double>());
}

SettingResult result_of_json(const Json& object) {
    SettingResult result;
    SweepRow& row = result.row;
    object.at("hidden").get_to(row.hidden);
    object.at("train_count").get_to(row.train_count);
    object.at("lambda").get_to(row.hyperparameters.lambda);
    object.at("beta").get_to(row.hyperparameters.beta);
    row.hyperparameters.rho = optional_number(object.at("rho")).value_or(TrainOptions{}.hyperparameters.rho);
    row.status = status_named(object.at("status").get<std::string>()).value();
    object.at("iterations").get_to(row.iterations);
    object.at("evaluations").get_to(row.evaluations);
    object.at("retries").get_to(row.retries);
    object.at("seed").get_to(result.seed);
    object.at("reconstruction").get_to(row.cost.reconstruction);
    object.at("weight_decay").get_to(row.cost.weight_decay);
    object.at("sparsity").get_to(row.cost.sparsity);
    row.train_error = optional_number(object.at("train_error"));
    row.test_error = optional_number(object.at("test_error"));
    object.at("seconds").get_to(row.seconds);
    object.at("sha256").get_to(row.model_sha256);
    object.at("mean_activations").get_to(row.mean_activations);
    object.at("settings").get_to(result.identity);
    return result;
}

}  // namespace

SettingResult no_result(const SweepSetting& setting) {
    SettingResult none;
    static_cast<SweepSetting&>(none.row) = setting;
    return none;
}

Json row_json(const SettingResult& result) {
    const SweepRow& row = result.row;
    const Hyperparameters& terms = row.hyperparameters;
    const ActivationSummary units = summarise(row.mean_activations);
    Json object{
        {"name", name_of(row)},   {"hidden", row.hidden}, {"train_count", row.train_count},
        {"lambda", terms.lambda}, {"beta", terms.beta},   {"rho", terms.sparse() ? Json(terms.rho) : Json()}};
    Json found{{"status", name(row.status)},
               {"iterations", row.iterations},
               {"evaluations", row.evaluations},
               {"retries", row.retries},
               {"seed", result.seed},
               {"cost", row.cost.total()},
               {"reconstruction", row.cost.reconstruction},
               {"weight_decay", row.cost.weight_decay},
               {"sparsity", row.cost.sparsity},
               {"train_error", optional_number(row.train_error)},
               {"test_error", optional_number(row.test_error)},
               {"mean_activation", units.mean},
               {"lowest_activation", units.lowest},
               {"median_activation", units.median},
               {"highest_activation", units.highest},
               {"units_nearly_never_active", units.nearly_never},
               {"units_nearly_always_active", units.nearly_always},
               {"seconds", row.seconds},
               {"sha256", row.model_sha256}};
    if (row.model_sha256.empty()) {
        for (auto& value : found) value = nullptr;
        found["status"] = "not_finished";
    }
    object.update(found);
    return object;
}

std::string result_path(const std::string& run_directory) {
    return RunDirectory(run_directory).file("result.json");
}

void write_result(const std::string& run_directory, const SettingResult& result) {
    Json object = row_json(result);
    object["mean_activations"] = result.row.mean_activations;
    object["settings"] = result.identity;
    write_file_atomically(result_path(run_directory), object.dump(2) + '\n');
}

std::optional<SettingResult> read_result(const std::string& run_directory) {
    const std::string path = result_path(run_directory);
    if (!std::filesystem::exists(path)) return std::nullopt;
    SettingResult result;
    try {
        result = result_of_json(Json::parse(read_whole(path)));
    } catch (const std::exception& error) {
        throw Error(path + ": is not the result of a setting: " + error.what() +
                    "; remove it, and --resume makes it again");
    }
    check_model(run_directory, result);
    return result;
}

bool is_result_of(const SettingResult& result, Metadata identity, Index retries,
                  const std::string& run_directory) {
    const Index limit = limit_of(identity);
    const bool higher_limit = limit > limit_of(result.identity);
    if (higher_limit) identity[iterations_limit] = result.identity.at(iterations_limit);
    const std::string differing = differences(result.identity, identity);
    if (!differing.empty())
        throw Error(run_directory + ": holds a result of other settings: " + differing +
                    "; name another --output, or replace it with --overwrite");
    const SweepRow& row = result.row;
    if (higher_limit) return row.status == LbfgsStatus::converged;
    return row.retries >= retries || !failed_early(row.status, row.iterations, limit);
}

std::optional<SettingResult> result_of(const SweepOptions& options, const SweepSetting& setting,
                                       DataIdentity& data) {
    const TrainOptions training = train_options(options, setting);
    std::optional<SettingResult> result = read_result(training.output);
    if (result && !is_result_of(*result, data.result_identity(training), options.retries, training.output))
        result.reset();
    return result;
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
