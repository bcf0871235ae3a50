#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sae/app/options.hpp"
#include "sae/app/report_sweep.hpp"
#include "sweep_settings.hpp"

namespace sae {

/// What decides the result of a setting, by the names of the options; the data by a hash.
using SettingIdentity = std::map<std::string, std::string>;

/// What came of a setting: the file result.json in its run directory, written when all else there is whole.
struct SettingResult {
    SweepRow row;            ///< without link and picture
    std::uint64_t seed = 0;  ///< of the start that the result is from
    SettingIdentity identity;
};

/// A hash of what the first images are, training and test, and of their size. Throws Error if they cannot be
/// read. Not collective.
[[nodiscard]] std::string data_sha256(const SourceOptions& source, Index train_count,
                                      std::optional<Index> test_count);

/// The identity of a training by its options, the first seed included; `data_hash` is data_sha256().
[[nodiscard]] SettingIdentity identity_of(const TrainOptions& options, const std::string& data_hash);

/// The path of result.json in a run directory.
[[nodiscard]] std::string result_path(const std::string& run_directory);

/// Writes result.json, whole or not at all.
void write_result(const std::string& run_directory, const SettingResult& result);

/// The result in a run directory, or nothing if there is none. Throws Error if the file is not one, or if the
/// model beside it is gone.
[[nodiscard]] std::optional<SettingResult> read_result(const std::string& run_directory);

/// Whether the result is what a training with this identity would come to. False if it ended at a limit of
/// iterations that is another now: then the training goes on. Throws Error, naming what differs, if
/// anything else does.
[[nodiscard]] bool is_result_of(const SettingResult& result, const SettingIdentity& identity,
                                const std::string& run_directory);

}  // namespace sae
