#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>

#include "sae/report/sweep_report.hpp"

namespace sae {

/// A row of a sweep's table as a JSON object: its name, hidden, train_count, lambda, beta, rho (null where
/// beta is 0), status, and, null without a result, iterations, evaluations, retries, seed, cost and its
/// terms, train_error and test_error, the mean activations of the hidden units in a few numbers, seconds,
/// sha256 of the parameters.
[[nodiscard]] nlohmann::ordered_json row_json(const SweepRow& row, std::uint64_t seed);

/// What row_json() was made of; throws what nlohmann::json or std throw if it is something else.
[[nodiscard]] SweepRow row_of_json(const nlohmann::ordered_json& object);

}  // namespace sae
