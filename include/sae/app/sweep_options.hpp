#pragma once
#include <optional>
#include <vector>

#include "sae/app/options.hpp"
#include "sae/app/tied_number.hpp"

namespace sae {

/// `sae-mpi sweep`.
struct SweepOptions {
    static constexpr const char* command = "sweep";
    static constexpr const char* summary =
        "Trains an autoencoder for each combination of the listed settings, each in a run directory of its "
        "own below --output, and writes one table (sweep.json) and one report (report.html). The ranks are "
        "split into groups that take settings from one queue, the longest first; what comes out does not "
        "depend on the groups.";

    /// What all settings share. Unused: hidden, train_count, hyperparameters and init; output is the sweep's.
    TrainOptions training = [] {
        TrainOptions options;
        options.output = "sae-sweep";
        return options;
    }();
    bool study = false;                        ///< the 17 settings of the study in place of the lists
    std::optional<std::vector<Index>> hidden;  ///< units, >= 1; without this or another: as TrainOptions
    std::optional<std::vector<Index>> train_counts;  ///< >= 1
    std::optional<std::vector<TiedNumber>> beta;     ///< >= 0
    std::optional<std::vector<TiedNumber>> rho;      ///< in (0, 1); makes no difference where beta is 0
    std::optional<double> lambda;                    ///< >= 0; without: as TrainOptions, or 1e-4 with `study`

    std::optional<Index> groups;             ///< of ranks, >= 1; without: as choose_groups() says
    Index retries = 2;                       ///< trainings from other starts at most, >= 0
    std::optional<std::vector<Index>> only;  ///< numbers of the settings to train, from 0
    bool list = false;                       ///< print the settings and do nothing
    bool collect = false;                    ///< write table and report of what is finished

    void declare(OptionTable& table);
    friend bool operator==(const SweepOptions&, const SweepOptions&) = default;
};

}  // namespace sae
