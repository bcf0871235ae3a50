#pragma once
#include <string>
#include <vector>

#include "sae/report/sweep_report.hpp"
#include "template.hpp"

namespace sae {

using Rows = std::vector<const SweepRow*>;

/// What may differ between settings that are compared.
enum class Quantity { none, hidden, images, rho };

/// The quantity of a row as a heading: "50 hidden units", "1,000 images", "rho 0.05", "no sparsity term".
[[nodiscard]] std::string heading(const SweepRow& row, Quantity quantity);

/// Headings are sorted by this: more units, more images, a smaller rho come later, no sparsity term first.
[[nodiscard]] double place(const SweepRow& row, Quantity quantity);

/// The row's setting: "50 hidden units, 100 images, rho 0.05, beta 0.1"; with lambda where there are several,
/// without the quantity, if a heading has it, and without beta, if it changes with the quantity.
[[nodiscard]] std::string setting_words(const SweepRow& row, bool several_lambdas = false,
                                        Quantity without = Quantity::none, bool with_beta = true);

/// Whether the rows differ in lambda.
[[nodiscard]] bool several_lambdas(const std::vector<SweepRow>& rows);

/// What the numbers show of each topic, in words ("findings") and in tables ("comparisons"). Only rows with a
/// result are compared, and only settings that differ in nothing else (but beta may change with the hidden
/// size); of equal settings the one of the lowest cost counts. What has nothing to compare is left out.
void add_findings(const std::vector<SweepRow>& rows, Json& data);

}  // namespace sae
