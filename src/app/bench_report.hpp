#pragma once
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "bench_run.hpp"

namespace sae {

/// What a benchmark ran on.
struct BenchSetting {
    std::string data;
    Shape shape;
    Index columns = 0;
    Hyperparameters hyperparameters;
    Precision precision = Precision::double_precision;
    int history = 10;
    int ranks = 1;
    int threads = 1;
};

/// The spread of a number over the rounds.
struct Spread {
    double minimum = 0;
    double median = 0;
    double maximum = 0;
};

/// Of at least one value.
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// What a phase takes: the medians over the rounds.
struct PhaseLine {
    std::string name;
    std::string_view scales_with;  ///< what the time depends on: "columns", "parameters" or "ranks"
    double slowest = 0;  ///< of the core, outside of the tiles the rank, that takes longest, seconds
    double mean = 0;     ///< of all cores or ranks
};

/// The phases of an evaluation, one after the other; together the whole evaluation of a rank.
[[nodiscard]] std::vector<PhaseLine> evaluation_phases(const std::vector<Round>& rounds);

/// The phases of a step outside of evaluations.
[[nodiscard]] std::vector<PhaseLine> step_phases(const std::vector<Round>& rounds);

/// An evaluation's floating-point operations, 10 h v m for an autoencoder, a second.
[[nodiscard]] Spread evaluation_rate(const BenchSetting& setting, const std::vector<Round>& rounds);
/// The rate as a share of that of the registers of all ranks and threads, measured right after it.
[[nodiscard]] Spread share_of_peak(const BenchSetting& setting, const std::vector<Round>& rounds);
/// The registers' rate of one thread, all ranks and threads working.
[[nodiscard]] Spread thread_peak(const BenchSetting& setting, const std::vector<Round>& rounds);
/// Seconds that rank 0 spends on an iteration outside of its evaluations.
[[nodiscard]] Spread step_seconds(const std::vector<Round>& rounds);
/// Seconds of an iteration, evaluations and all.
[[nodiscard]] Spread iteration_seconds(const std::vector<Round>& rounds);

/// Tables for people.
void write_bench_table(std::ostream& out, const BenchSetting& setting, const BenchResult& result);

/// One JSON object for programs; seconds, bytes, and operations a second.
[[nodiscard]] std::string bench_json(const BenchSetting& setting, const BenchResult& result);

}  // namespace sae
