#pragma once
#include <string>
#include <vector>

#include "sae/app/options.hpp"
#include "sae/report/sweep_report.hpp"

namespace sae {

/// The settings of a sweep, each once, in the order of the lists: hidden units, then images, beta, rho. Where
/// the options name no number of images it is `all_images`. Throws UsageError for a beta or rho that is for a
/// hidden size that is not listed, or a hidden size without any.
[[nodiscard]] std::vector<SweepSetting> sweep_settings(const SweepOptions& options, Index all_images);

/// The name of a setting's run directory: "hidden-50-images-100-beta-0.1-rho-0.05",
/// "hidden-50-images-100-plain".
[[nodiscard]] std::string name_of(const SweepSetting& setting);

/// The options of the training of a setting, with its run directory below the sweep's.
[[nodiscard]] TrainOptions train_options(const SweepOptions& options, const SweepSetting& setting);

}  // namespace sae
