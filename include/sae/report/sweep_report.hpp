#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/lbfgs_status.hpp"
#include "sae/core/shape.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// One setting of a sweep and what came of it. Without `model_sha256` the setting has no result, and only its
/// hidden size, training size, coefficients and status are looked at.
struct SweepRow {
    Index hidden = 0;
    Index train_count = 0;
    Hyperparameters hyperparameters;
    LbfgsStatus status = LbfgsStatus::running;
    Index iterations = 0;
    Index evaluations = 0;
    Index retries = 0;                     ///< trainings from other starts whose line search failed early
    CostTerms cost;                        ///< at the end
    std::optional<double> train_error;     ///< mean of 1/2 ||a3 - x||^2 over the training images
    std::optional<double> test_error;      ///< the same over the test images
    std::vector<double> mean_activations;  ///< rho_hat_j over the training images, one a hidden unit
    double seconds = 0;                    ///< wall time of the training
    std::string model_sha256;              ///< parameters_sha256() of the model
    std::string link;  ///< path of the run's own report, relative to this one, '/' between
    PngBytes weights;  ///< weight_grid() of W1
};

/// What a report says of a sweep. Texts are plain text in UTF-8: the writer escapes them.
struct SweepReport {
    std::string name;            ///< the page's title
    std::string train_data;      ///< where the training images come from
    std::string test_data;       ///< empty if there are none
    NamedValues settings;        ///< what all rows share
    std::vector<SweepRow> rows;  ///< in any order
    double seconds = 0;          ///< wall time of the whole sweep; 0 if it was not done in one go
};

/// The report of a sweep, an HTML file as run_report() makes them: a sortable table, the weights of all
/// settings side by side (plain: hidden units by training size; sparse: hidden units by rho), and
/// sweep_findings().
[[nodiscard]] std::string sweep_report(const SweepReport& report);

/// What a sweep shows of one matter.
struct SweepFinding {
    std::string topic;
    std::string summary;               ///< over all comparisons
    std::vector<std::string> details;  ///< one a family of settings that differ in this only
};

/// What changed with the number of hidden units, with the number of training images and with the sparsity
/// term, in sentences computed from the rows that have a result. Only settings that differ in nothing else
/// are compared (but beta may go with the hidden size); of equal settings the one of the lowest cost counts.
/// A topic without anything to compare is left out.
[[nodiscard]] std::vector<SweepFinding> sweep_findings(const std::vector<SweepRow>& rows);

}  // namespace sae
