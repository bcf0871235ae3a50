#pragma once
#include <string>
#include <vector>

#include "sae/app/options.hpp"
#include "sweep_result.hpp"
#include "sweep_settings.hpp"

namespace sae {

/// The settings as a JSON array, one object a line: index, name, hidden, train_count, lambda, beta, rho.
[[nodiscard]] std::string settings_json(const std::vector<SweepSetting>& settings);

/// The table for people, a line a setting.
[[nodiscard]] std::string sweep_text(const std::vector<SettingResult>& results);

/// Writes sweep.json and report.html into the sweep's directory. `seconds` is the time that the whole sweep
/// took; 0 if it was not done in one go. `made_by` is of the start that writes it.
void write_summary(const SweepOptions& options, const std::vector<SettingResult>& results, double seconds,
                   const NamedValues& made_by);

}  // namespace sae
