#pragma once
#include <string>
#include <vector>

#include "sae/report/sweep_report.hpp"

namespace sae {

/// All rows in one table that a click on a heading sorts.
[[nodiscard]] std::string sweep_table(const std::vector<SweepRow>& rows);

/// The weights of all rows that have a picture, side by side: the plain ones by hidden size and training
/// size, the sparse ones of each training size by hidden size and rho; apart for each lambda.
[[nodiscard]] std::string sweep_pictures(const std::vector<SweepRow>& rows);

/// `content` as a link to the row's own report, if it has one.
[[nodiscard]] std::string linked(const SweepRow& row, const std::string& content);

/// The row's setting in words: "50 hidden units, 100 images, rho 0.05, beta 0.1".
[[nodiscard]] std::string setting_words(const SweepRow& row);

}  // namespace sae
