#include "bench_report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

/// A core's columns; its part of the parameters; or waiting for others.
std::string_view scales_with(Phase phase) {
    if (phase == Phase::pack) return "parameters";
    return phase == Phase::wait ? "ranks" : "columns";
}

std::string_view scales_with(StepPhase phase) {
    switch (phase) {
        case StepPhase::trial:
        case StepPhase::gradient:
        case StepPhase::push:
        case StepPhase::direction:
            return "parameters";
        default:
            return "ranks";
    }
}

/// `seconds` gives those of all ranks, or of all cores, in a round.
PhaseLine phase_line(std::string_view name, std::string_view scales, const std::vector<Round>& rounds,
                     const std::function<std::vector<double>(const Round&)>& seconds) {
    std::vector<double> slowest, mean;
    for (const Round& round : rounds) {
        const std::vector<double> all = seconds(round);
        slowest.push_back(std::ranges::max(all));
        mean.push_back(std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()));
    }
    return {std::string(name), scales, spread_of(slowest).median, spread_of(mean).median};
}

std::vector<double> of_ranks(const Round& round, StepPhase phase) {
    std::vector<double> seconds;
    for (const RankTimes& times : round.ranks) seconds.push_back(times.step[phase]);
    return seconds;
}

std::vector<double> of_cores(const Round& round, std::size_t phase) {
    std::vector<double> seconds;
    for (const PhaseTimes& times : round.cores) seconds.push_back(times.seconds[phase]);
    return seconds;
}

double total_peak(const Round& round) {
    double sum = 0;
    for (const RankTimes& times : round.ranks) sum += times.peak;
    return sum;
}

double operations(const BenchSetting& setting) {
    const auto m = static_cast<double>(setting.columns);
    const Shape& s = setting.shape;
    return m * static_cast<double>(s.hidden) *
           (4 * static_cast<double>(s.inputs) + 6 * static_cast<double>(s.outputs));
}

template <class Value>
Spread spread_over(const std::vector<Round>& rounds, Value value) {
    std::vector<double> values;
    for (const Round& round : rounds) values.push_back(value(round));
    return spread_of(std::move(values));
}

Json to_json(const Spread& spread) {
    return {{"minimum", spread.minimum}, {"median", spread.median}, {"maximum", spread.maximum}};
}

Json to_json(const std::vector<PhaseLine>& lines) {
    Json list = Json::array();
    for (const PhaseLine& line : lines)
        list.push_back({{"name", line.name},
                        {"scales_with", line.scales_with},
                        {"slowest", line.slowest},
                        {"mean", line.mean}});
    return list;
}

Json to_json(const BenchSetting& setting) {
    return {{"data", setting.data},
            {"inputs", setting.shape.inputs},
            {"hidden", setting.shape.hidden},
            {"train_count", setting.columns},
            {"lambda", setting.hyperparameters.lambda},
            {"rho", setting.hyperparameters.rho},
            {"beta", setting.hyperparameters.beta},
            {"precision", name(setting.precision)},
            {"history", setting.history},
            {"ranks", setting.ranks},
            {"threads", setting.threads}};
}

Json to_json(const KernelCheck& kernels) {
    return {{"name", kernels.name},
            {"vector_bits", kernels.vector_bits},
            {"processor_bits", kernels.processor_bits},
            {"short_product", kernels.product},
            {"short_peak", kernels.peak}};
}

Json evaluation_json(const BenchSetting& setting, const BenchResult& result) {
    return {{"rounds", result.evaluations.size()},
            {"seconds", to_json(spread_over(result.evaluations, [](const Round& r) { return r.seconds; }))},
            {"operations", operations(setting)},
            {"rate", to_json(evaluation_rate(setting, result.evaluations))},
            {"thread_peak", to_json(thread_peak(setting, result.evaluations))},
            {"share_of_peak", to_json(share_of_peak(setting, result.evaluations))},
            {"phases", to_json(evaluation_phases(result.evaluations))},
            {"bytes",
             {{"hidden_sums", result.traffic.hidden_sums},
              {"gradient", result.traffic.gradient},
              {"theta", result.traffic.theta},
              {"cost", result.traffic.cost}}},
            {"messages", result.traffic.messages}};
}

Json step_json(const BenchResult& result) {
    if (result.steps.empty()) return nullptr;
    return {{"rounds", result.steps.size()},
            {"seconds", to_json(step_seconds(result.steps))},
            {"iteration", to_json(iteration_seconds(result.steps))},
            {"phases", to_json(step_phases(result.steps))}};
}

}  // namespace

Spread spread_of(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t n = values.size();
    return {values.front(), (values[(n - 1) / 2] + values[n / 2]) / 2, values.back()};
}

std::vector<PhaseLine> evaluation_phases(const std::vector<Round>& rounds) {
    std::vector<PhaseLine> lines;
    for (std::size_t k = 0; k < step_phase_count; ++k) {
        const auto phase = static_cast<StepPhase>(k);
        if (phase != StepPhase::command && !of_evaluation(phase)) continue;
        if (phase != StepPhase::evaluate) {
            lines.push_back(phase_line(step_phase_names[k], scales_with(phase), rounds,
                                       [&](const Round& round) { return of_ranks(round, phase); }));
            continue;
        }
        for (std::size_t i = 0; i < phase_count; ++i)
            lines.push_back(phase_line(phase_names[i], scales_with(static_cast<Phase>(i)), rounds,
                                       [&](const Round& round) { return of_cores(round, i); }));
        lines.push_back(phase_line("other", "ranks", rounds, [](const Round& round) {
            // Of the whole, the mean over the ranks, what no phase of a core covers.
            const std::vector<double> whole = of_ranks(round, StepPhase::evaluate);
            std::vector<double> rest;
            for (const PhaseTimes& times : round.cores)
                rest.push_back(std::accumulate(whole.begin(), whole.end(), 0.0) /
                                   static_cast<double>(whole.size()) -
                               std::accumulate(times.seconds.begin(), times.seconds.end(), 0.0));
            return rest;
        }));
    }
    return lines;
}

std::vector<PhaseLine> step_phases(const std::vector<Round>& rounds) {
    std::vector<PhaseLine> lines;
    for (std::size_t k = 0; k < step_phase_count; ++k) {
        const auto phase = static_cast<StepPhase>(k);
        if (phase == StepPhase::command || of_evaluation(phase)) continue;
        lines.push_back(phase_line(step_phase_names[k], scales_with(phase), rounds,
                                   [&](const Round& round) { return of_ranks(round, phase); }));
    }
    return lines;
}

Spread evaluation_rate(const BenchSetting& setting, const std::vector<Round>& rounds) {
    return spread_over(rounds, [&](const Round& r) { return operations(setting) / r.seconds; });
}

Spread share_of_peak(const BenchSetting& setting, const std::vector<Round>& rounds) {
    return spread_over(rounds,
                       [&](const Round& r) { return operations(setting) / r.seconds / total_peak(r); });
}

Spread thread_peak(const BenchSetting& setting, const std::vector<Round>& rounds) {
    return spread_over(rounds, [&](const Round& r) {
        return total_peak(r) / static_cast<double>(setting.ranks * setting.threads);
    });
}

Spread step_seconds(const std::vector<Round>& rounds) {
    return spread_over(rounds, [](const Round& round) {
        double seconds = round.seconds;
        for (std::size_t k = 0; k < step_phase_count; ++k)
            if (of_evaluation(static_cast<StepPhase>(k))) seconds -= round.ranks.front().step.seconds[k];
        return seconds;
    });
}

Spread iteration_seconds(const std::vector<Round>& rounds) {
    return spread_over(rounds, [](const Round& round) { return round.seconds; });
}

std::string bench_json(const BenchSetting& setting, const BenchResult& result) {
    Json object;
    object["setting"] = to_json(setting);
    object["kernels"] = to_json(result.kernels);
    object["evaluation"] = evaluation_json(setting, result);
    object["step"] = step_json(result);
    object["all_reduce"] = Json::array();
    for (const ReductionTime& reduction : result.reductions)
        object["all_reduce"].push_back({{"bytes", reduction.bytes}, {"seconds", reduction.seconds}});
    object["iterations"] = result.iterations;
    object["sha256"] = result.sha256;
    return object.dump();
}

}  // namespace sae
