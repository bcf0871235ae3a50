#include <array>
#include <cstdarg>
#include <cstdio>

#include "bench_report.hpp"
#include "sae/app/number_text.hpp"

namespace sae {
namespace {

[[gnu::format(printf, 2, 3)]] void print(std::ostream& out, const char* format, ...) {
    std::array<char, 256> line{};
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(line.data(), line.size(), format, values);
    va_end(values);
    out << line.data() << '\n';
}

/// A table of phases with their share of `whole` seconds; the second column of times where there are
/// cores that may differ.
void print_phases(std::ostream& out, const std::vector<PhaseLine>& lines, double whole, bool several) {
    for (const PhaseLine& line : lines) {
        const double share = 100 * line.mean / whole;
        if (several)
            print(out, "  %-22s %12.3f %12.3f %8.1f %%", line.name.c_str(), 1e3 * line.slowest,
                  1e3 * line.mean, share);
        else
            print(out, "  %-22s %12.3f %8.1f %%", line.name.c_str(), 1e3 * line.mean, share);
    }
}

void print_heading(std::ostream& out, const char* title, bool several) {
    if (several)
        print(out, "\n%-24s %12s %12s %10s", title, "busiest, ms", "mean, ms", "mean of it");
    else
        print(out, "\n%-24s %12s %10s", title, "ms", "of it");
}

void print_spread(std::ostream& out, const char* name, const Spread& spread, double scale, const char* unit) {
    print(out, "  %-22s %12.3f %s (%.3f to %.3f)", name, scale * spread.median, unit, scale * spread.minimum,
          scale * spread.maximum);
}

void print_evaluations(std::ostream& out, const BenchSetting& setting, const BenchResult& result) {
    const auto& rounds = result.evaluations;
    std::vector<double> seconds;
    for (const Round& round : rounds) seconds.push_back(round.seconds);
    const Spread whole = spread_of(seconds);
    print_heading(out, "an evaluation", setting.ranks * setting.threads > 1);
    print_phases(out, evaluation_phases(rounds), whole.median, setting.ranks * setting.threads > 1);
    print_spread(out, "in all", whole, 1e3, "ms");
    print_spread(out, "10 h v m / time", evaluation_rate(setting, rounds), 1e-9, "GFLOP/s");
    print_spread(out, "peak of a core", thread_peak(setting, rounds), 1e-9, "GFLOP/s");
    print_spread(out, "share of the peak", share_of_peak(setting, rounds), 100, "%");
    if (setting.ranks == 1) return;
    const Traffic& sent = result.traffic;
    if (sent.messages == 0)
        print(out, "  one node: gradient, theta and sums in shared memory, no messages");
    else
        print(out,
              "  bytes that a node sends: %lld all-reduced, gradient %lld, theta %lld; messages of these "
              "two: %lld",
              static_cast<long long>(sent.hidden_sums + sent.cost), static_cast<long long>(sent.gradient),
              static_cast<long long>(sent.theta), static_cast<long long>(sent.messages));
}

void print_steps(std::ostream& out, const BenchSetting& setting, const BenchResult& result) {
    if (result.steps.empty()) {
        out << "\nthe step: L-BFGS ended after " << counted(result.iterations, "iteration")
            << ", before its history of " << setting.history << " was full\n";
        return;
    }
    const Spread whole = step_seconds(result.steps);
    print_heading(out, "a step, outside of them", setting.ranks * setting.threads > 1);
    print_phases(out, step_phases(result.steps), whole.median, setting.ranks * setting.threads > 1);
    print_spread(out, "in all, on rank 0", whole, 1e3, "ms");
    print_spread(out, "with its evaluations", iteration_seconds(result.steps), 1e3, "ms");
}

}  // namespace

void write_bench_table(std::ostream& out, const BenchSetting& setting, const BenchResult& result) {
    const Hyperparameters& h = setting.hyperparameters;
    out << "data: " << setting.data << '\n';
    print(out, "network: %lld-%lld-%lld, lambda %g, rho %g, beta %g%s",
          static_cast<long long>(setting.shape.inputs), static_cast<long long>(setting.shape.hidden),
          static_cast<long long>(setting.shape.outputs), h.lambda, h.rho, h.beta,
          h.sparse() ? "" : " (plain)");
    print(out, "%lld columns, %s precision, history %d, %s of %s", static_cast<long long>(setting.columns),
          name(setting.precision).data(), setting.history, counted(setting.ranks, "rank").c_str(),
          counted(setting.threads, "thread").c_str());
    out << "kernels: " << describe(result.kernels) << '\n';
    print_evaluations(out, setting, result);
    print_steps(out, setting, result);
    for (const ReductionTime& reduction : result.reductions)
        print(out, "%s%-24lld %12.3f ms",
              &reduction == result.reductions.data() ? "\nall-reduce of bytes\n  " : "  ",
              static_cast<long long>(reduction.bytes), 1e3 * reduction.seconds);
    out << "\nmedians of " << counted(std::ssize(result.evaluations), "evaluation") << " and "
        << counted(std::ssize(result.steps), "step") << " (least to largest)\n"
        << "sha256 of the parameters after " << counted(result.iterations, "iteration") << ": "
        << result.sha256 << '\n';
}

}  // namespace sae
