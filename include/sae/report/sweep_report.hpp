#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/lbfgs_status.hpp"
#include "sae/core/shape.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// One training of a sweep.
struct SweepSetting {
    Index hidden = 0;
    Index train_count = 0;
    Hyperparameters hyperparameters;  ///< where beta is 0, rho is the default of `train`

    friend bool operator==(const SweepSetting&, const SweepSetting&) = default;
};

/// A setting and its result. Without `model_sha256` it has none, and only the setting is used.
struct SweepRow : SweepSetting, RunFigures {
    LbfgsStatus status = LbfgsStatus::running;
    Index iterations = 0;
    Index retries = 0;  ///< trainings from other starts whose line search failed early
    CostTerms cost;     ///< at the end
    std::string link;   ///< path of the run's own report, relative to this one, '/' between
    PngBytes weights;   ///< weight_grid() of W1
};

/// What a report says of a sweep. Texts are plain: the writer escapes them.
struct SweepReport {
    std::string name;            ///< the page's title
    std::string train_data;      ///< where the training images come from
    std::string test_data;       ///< empty if there are none
    NamedValues settings;        ///< what all rows share
    NamedValues made_by;         ///< version, ranks, hosts, command, ...
    std::vector<SweepRow> rows;  ///< in any order
    bool empty_cells = false;    ///< whether the last row of a picture has cells without image
    double seconds = 0;          ///< wall time of the whole sweep; 0 if it was not done in one go
};

/// The report of a sweep, an HTML file as run_report() makes them: what changed with the number of hidden
/// units, with the number of training images and with the sparsity term, in words and in tables computed from
/// the rows; the weights of all settings side by side; and all settings in tables that a click sorts.
[[nodiscard]] std::string sweep_report(const SweepReport& report);

}  // namespace sae
