#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sae/report/sweep_report.hpp"

namespace sae {

/// Rows of a sweep that differ in one quantity only, in the order of that quantity.
struct Series {
    std::string family;                 ///< what the rows share, in words
    std::vector<const SweepRow*> rows;  ///< at least two
    std::vector<std::string> places;    ///< the quantity of each row in words: "50 hidden units"
    std::string span;                   ///< from the first to the last: "from 10 to 250 hidden units"
};

/// The rows with a result, each setting once: of equal settings the one of the lowest cost.
[[nodiscard]] std::vector<const SweepRow*> comparable(const std::vector<SweepRow>& rows);

/// By rising number of hidden units: same number of images, lambda and rho. A beta that goes with the hidden
/// size is let pass; where a size has several, each beta makes a series.
[[nodiscard]] std::vector<Series> by_hidden(const std::vector<const SweepRow*>& rows);

/// By rising number of training images, all else equal.
[[nodiscard]] std::vector<Series> by_train_count(const std::vector<const SweepRow*>& rows);

/// By falling rho, all else equal.
[[nodiscard]] std::vector<Series> by_rho(const std::vector<const SweepRow*>& rows);

/// The plain row with the size, images and lambda of `row`, or null.
[[nodiscard]] const SweepRow* plain_twin(const SweepRow& row, const std::vector<const SweepRow*>& rows);

/// A number of a row that is compared.
struct Measure {
    std::string_view name;
    std::string_view unit;  ///< what follows a number: " %"
    std::optional<double> (*of)(const SweepRow&);
};

extern const Measure test_error;
extern const Measure train_error;
extern const Measure mean_activation;
extern const Measure nearly_never_share;
extern const Measure nearly_always_share;

/// The value with the measure's unit.
[[nodiscard]] std::string shown(const Measure& measure, double value);

/// How a measure goes along a series: "fell at every step, from 3.1 to 1.2". Nothing if a row lacks it.
[[nodiscard]] std::optional<std::string> trend(const Measure& measure, const Series& series);

/// How many steps along series went up, down or nowhere (equal in the digits that are shown).
struct Tally {
    Index fell = 0;
    Index rose = 0;
    Index stayed = 0;

    [[nodiscard]] Index total() const { return fell + rose + stayed; }
    void add(double before, double after);
};

[[nodiscard]] Tally tally(const Measure& measure, const std::vector<Series>& all);

/// "fell in 10 and rose in 1", "rose in all 4", with other verbs if given.
[[nodiscard]] std::string words(const Tally& tally, std::string_view fell = "fell",
                                std::string_view rose = "rose", std::string_view stayed = "did not change");

}  // namespace sae
