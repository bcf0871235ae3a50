#include "bench_report.hpp"

#include <algorithm>
#include <numeric>

namespace sae {
namespace {

using Json = nlohmann::ordered_json;
using Rounds = std::vector<Round>;

/// Of at least one value.
Json spread_of(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t n = values.size();
    return {{"minimum", values.front()},
            {"median", (values[(n - 1) / 2] + values[n / 2]) / 2},
            {"maximum", values.back()}};
}

template <class Value>
Json spread_over(const Rounds& rounds, Value value) {
    std::vector<double> values;
    for (const Round& round : rounds) values.push_back(value(round));
    return spread_of(std::move(values));
}

double sum_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

double mean_of(std::span<const double> values) {
    return sum_of(values) / static_cast<double>(values.size());
}

/// `seconds` gives those of all ranks, or of all cores, in a round.
template <class Seconds>
Json phase_json(std::string_view name, const char* scales_with, const Rounds& rounds, Seconds seconds) {
    const auto slowest = [&](const Round& round) { return std::ranges::max(seconds(round)); };
    const auto mean = [&](const Round& round) { return mean_of(seconds(round)); };
    return {{"name", name},
            {"scales_with", scales_with},
            {"slowest", spread_over(rounds, slowest)["median"]},
            {"mean", spread_over(rounds, mean)["median"]}};
}

std::vector<double> of_ranks(const Round& round, StepPhase phase) {
    std::vector<double> seconds;
    for (const RankTimes& times : round.ranks) seconds.push_back(times.step[phase]);
    return seconds;
}

Json rank_phase(StepPhase phase, const Rounds& rounds) {
    const bool vectors = phase == StepPhase::trial || phase == StepPhase::gradient ||
                         phase == StepPhase::push || phase == StepPhase::direction;
    return phase_json(step_phase_names[static_cast<std::size_t>(phase)], vectors ? "parameters" : "ranks",
                      rounds, [&](const Round& round) { return of_ranks(round, phase); });
}

/// The phases of the cores within StepPhase::evaluate, and what none of them covers.
void add_core_phases(const Rounds& rounds, Json& phases) {
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        const bool of_parameters = phase == Phase::pack || phase == Phase::teams;
        const char* const scales_with = of_parameters          ? "parameters"
                                        : phase == Phase::wait ? "ranks"
                                                               : "columns";
        phases.push_back(phase_json(phase_names[i], scales_with, rounds, [&](const Round& round) {
            std::vector<double> seconds;
            for (const PhaseTimes& times : round.cores) seconds.push_back(times[phase]);
            return seconds;
        }));
    }
    phases.push_back(phase_json("other", "ranks", rounds, [](const Round& round) {
        const double whole = mean_of(of_ranks(round, StepPhase::evaluate));
        std::vector<double> rest;
        for (const PhaseTimes& times : round.cores) rest.push_back(whole - sum_of(times.seconds));
        return rest;
    }));
}

Json phases_json(const Rounds& rounds, bool evaluation) {
    Json phases = Json::array();
    for (std::size_t k = 0; k < step_phase_count; ++k) {
        const auto phase = static_cast<StepPhase>(k);
        // The command comes first in both, and counts as part of the evaluation.
        if ((phase == StepPhase::command || of_evaluation(phase)) != evaluation) continue;
        if (phase == StepPhase::evaluate)
            add_core_phases(rounds, phases);
        else
            phases.push_back(rank_phase(phase, rounds));
    }
    return phases;
}

Json setting_json(const BenchPlan& plan, const ImageSet& images, const BenchResult& result) {
    return {{"data", images.description},
            {"inputs", plan.space.evaluation.shape.inputs},
            {"hidden", plan.space.evaluation.shape.hidden},
            {"train_count", result.columns},
            {"lambda", plan.space.hyperparameters.lambda},
            {"rho", plan.space.hyperparameters.rho},
            {"beta", plan.space.hyperparameters.beta},
            {"precision", name(plan.space.evaluation.precision)},
            {"history", plan.space.history},
            {"ranks", result.ranks},
            {"threads", plan.space.threads},
            {"teams", result.teams}};
}

/// 10 h v m operations for an autoencoder. The rate of the registers of all ranks and threads is measured
/// right after each evaluation.
Json evaluation_json(const BenchPlan& plan, const BenchResult& result) {
    const Shape& s = plan.space.evaluation.shape;
    const double operations = static_cast<double>(result.columns) * static_cast<double>(s.hidden) *
                              static_cast<double>(4 * s.inputs + 6 * s.outputs);
    const auto rate = [&](const Round& round) { return operations / round.seconds; };
    const auto peak = [](const Round& round) {
        double sum = 0;
        for (const RankTimes& times : round.ranks) sum += times.peak;
        return sum;
    };
    const auto threads = static_cast<double>(result.ranks * plan.space.threads);
    const Rounds& rounds = result.evaluations;
    return {{"rounds", rounds.size()},
            {"seconds", spread_over(rounds, [](const Round& r) { return r.seconds; })},
            {"operations", operations},
            {"rate", spread_over(rounds, rate)},
            {"thread_peak", spread_over(rounds, [&](const Round& r) { return peak(r) / threads; })},
            {"share_of_peak", spread_over(rounds, [&](const Round& r) { return rate(r) / peak(r); })},
            {"phases", phases_json(rounds, true)},
            {"bytes",
             {{"hidden_sums", result.traffic.hidden_sums},
              {"gradient", result.traffic.gradient},
              {"theta", result.traffic.theta},
              {"cost", result.traffic.cost}}},
            {"messages", result.traffic.messages}};
}

/// What rank 0 spends on an iteration outside of its evaluations, and on the whole iteration.
Json step_json(const Rounds& rounds) {
    if (rounds.empty()) return nullptr;
    const auto outside = [](const Round& round) {
        double seconds = round.seconds;
        for (std::size_t k = 0; k < step_phase_count; ++k)
            if (of_evaluation(static_cast<StepPhase>(k))) seconds -= round.ranks.front().step.seconds[k];
        return seconds;
    };
    return {{"rounds", rounds.size()},
            {"seconds", spread_over(rounds, outside)},
            {"iteration", spread_over(rounds, [](const Round& r) { return r.seconds; })},
            {"phases", phases_json(rounds, false)}};
}

}  // namespace

Json bench_json(const BenchPlan& plan, const ImageSet& images, const BenchResult& result) {
    Json reductions = Json::array();
    for (const ReductionTime& reduction : result.reductions)
        reductions.push_back({{"bytes", reduction.bytes}, {"seconds", reduction.seconds}});
    return {{"setting", setting_json(plan, images, result)},
            {"kernels",
             {{"name", result.kernels.name},
              {"vector_bits", result.kernels.vector_bits},
              {"processor_bits", result.kernels.processor_bits},
              {"short_product", result.kernels.product},
              {"short_peak", result.kernels.peak}}},
            {"evaluation", evaluation_json(plan, result)},
            {"step", step_json(result.steps)},
            {"all_reduce", reductions},
            {"iterations", result.iterations},
            {"sha256", result.sha256}};
}

}  // namespace sae
