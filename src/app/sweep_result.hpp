#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "run_identity.hpp"
#include "sae/report/sweep_report.hpp"
#include "sweep_settings.hpp"

namespace sae {

/// The result of a setting: the file result.json in its run directory, written after all other files there.
struct SettingResult {
    SweepRow row;            ///< without link and picture
    std::uint64_t seed = 0;  ///< of the start that the result is from
    Metadata identity;       ///< DataIdentity::result_identity()
};

/// A setting without result: only its row counts.
[[nodiscard]] SettingResult no_result(const SweepSetting& setting);

/// A row of a sweep's table as a JSON object: its name, hidden, train_count, lambda, beta, rho (null where
/// beta is 0), status, and, null without a result, iterations, evaluations, retries, seed, cost and its
/// terms, train_error and test_error, the mean activations of the hidden units in a few numbers, seconds,
/// sha256 of the parameters.
[[nodiscard]] nlohmann::ordered_json row_json(const SettingResult& result);

/// The path of result.json in a run directory.
[[nodiscard]] std::string result_path(const std::string& run_directory);

/// Writes result.json, whole or not at all.
void write_result(const std::string& run_directory, const SettingResult& result);

/// The result in a run directory, or nothing if there is none. Throws Error if the file is not one, or if the
/// model next to it is missing or is not the one that the result describes.
[[nodiscard]] std::optional<SettingResult> read_result(const std::string& run_directory);

/// Whether a training with this identity and up to `retries` other starts would give this result. False if
/// there is more to do now: the limit of iterations was lower, or there were fewer retries. Throws Error,
/// naming what differs, if anything else does.
[[nodiscard]] bool is_result_of(const SettingResult& result, Metadata identity, Index retries,
                                const std::string& run_directory);

/// The result of a setting, if it has one of the options' settings; throws Error as read_result() and
/// is_result_of() do.
[[nodiscard]] std::optional<SettingResult> result_of(const SweepOptions& options, const SweepSetting& setting,
                                                     DataIdentity& data);

/// Whether a training ended so early by its line search that another start is worth a try.
[[nodiscard]] bool failed_early(LbfgsStatus status, Index iterations, Index max_iterations);

/// How many starts of a setting have failed early so far, by the file failed-starts.json in its run
/// directory; 0 if there is none or it is of another first seed. Throws Error if it is damaged.
[[nodiscard]] Index failed_starts(const std::string& run_directory, std::uint64_t first_seed);

/// Replaces all that the last start left for a resume, its checkpoints and its model, by failed-starts.json.
/// After a kill in between the setting begins with its first start.
void write_failed_starts(const std::string& run_directory, std::uint64_t first_seed, Index number);

/// Removes what a later --resume could mistake for a part of this sweep: result, model, checkpoints and
/// failed starts.
void forget_run(const std::string& run_directory);

}  // namespace sae
