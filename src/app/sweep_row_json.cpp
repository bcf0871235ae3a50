#include "sweep_row_json.hpp"

#include <array>
#include <stdexcept>

#include "sae/report/activation_summary.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "sweep_settings.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array statuses{LbfgsStatus::running, LbfgsStatus::converged, LbfgsStatus::max_iterations,
                              LbfgsStatus::line_search_failed};

LbfgsStatus status_of(const std::string& text) {
    for (const LbfgsStatus status : statuses) {
        if (name(status) == text) return status;
    }
    throw std::invalid_argument("there is no status \"" + text + '"');
}

Json optional_number(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

std::optional<double> optional_number(const Json& value) {
    return value.is_null() ? std::nullopt : std::optional<double>(value.get<double>());
}

}  // namespace

Json row_json(const SweepRow& row, std::uint64_t seed) {
    const Hyperparameters& terms = row.hyperparameters;
    Json object;
    object["name"] = name_of({row.hidden, row.train_count, terms});
    object["hidden"] = row.hidden;
    object["train_count"] = row.train_count;
    object["lambda"] = terms.lambda;
    object["beta"] = terms.beta;
    object["rho"] = terms.sparse() ? Json(terms.rho) : Json();
    if (row.model_sha256.empty()) {
        object["status"] = "not_finished";
        for (const char* key :
             {"iterations", "evaluations", "retries", "seed", "cost", "reconstruction", "weight_decay",
              "sparsity", "train_error", "test_error", "mean_activation", "lowest_activation",
              "median_activation", "highest_activation", "units_nearly_never_active",
              "units_nearly_always_active", "seconds", "sha256"})
            object[key] = nullptr;
        return object;
    }
    object["status"] = name(row.status);
    object["iterations"] = row.iterations;
    object["evaluations"] = row.evaluations;
    object["retries"] = row.retries;
    object["seed"] = seed;
    object["cost"] = row.cost.total();
    object["reconstruction"] = row.cost.reconstruction;
    object["weight_decay"] = row.cost.weight_decay;
    object["sparsity"] = row.cost.sparsity;
    object["train_error"] = optional_number(row.train_error);
    object["test_error"] = optional_number(row.test_error);
    const ActivationSummary units = summarise(row.mean_activations);
    object["mean_activation"] = units.mean;
    object["lowest_activation"] = units.lowest;
    object["median_activation"] = units.median;
    object["highest_activation"] = units.highest;
    object["units_nearly_never_active"] = units.nearly_never;
    object["units_nearly_always_active"] = units.nearly_always;
    object["seconds"] = row.seconds;
    object["sha256"] = row.model_sha256;
    return object;
}

SweepRow row_of_json(const Json& object) {
    SweepRow row;
    row.hidden = object.at("hidden").get<Index>();
    row.train_count = object.at("train_count").get<Index>();
    row.hyperparameters.lambda = object.at("lambda").get<double>();
    row.hyperparameters.beta = object.at("beta").get<double>();
    row.hyperparameters.rho = optional_number(object.at("rho")).value_or(TrainOptions{}.hyperparameters.rho);
    row.status = status_of(object.at("status").get<std::string>());
    row.iterations = object.at("iterations").get<Index>();
    row.evaluations = object.at("evaluations").get<Index>();
    row.retries = object.at("retries").get<Index>();
    row.cost.reconstruction = object.at("reconstruction").get<double>();
    row.cost.weight_decay = object.at("weight_decay").get<double>();
    row.cost.sparsity = object.at("sparsity").get<double>();
    row.train_error = optional_number(object.at("train_error"));
    row.test_error = optional_number(object.at("test_error"));
    row.seconds = object.at("seconds").get<double>();
    row.model_sha256 = object.at("sha256").get<std::string>();
    return row;
}

}  // namespace sae
