#include "bench_report.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

/// A table of phases with their share of the whole; a second column of times where there are cores that may
/// differ.
void print_phases(std::ostream& out, const char* title, const Json& timed, bool several) {
    const double whole = timed["seconds"]["median"];
    out << (several ? formatted("\n%-24s %12s %12s %10s\n", title, "busiest, ms", "mean, ms", "mean of it")
                    : formatted("\n%-24s %12s %10s\n", title, "ms", "of it"));
    for (const Json& phase : timed["phases"]) {
        const double mean = phase["mean"];
        out << formatted("  %-22s ", phase["name"].get<std::string>().c_str());
        if (several) out << formatted("%12.3f ", 1e3 * phase["slowest"].get<double>());
        out << formatted("%12.3f %8.1f %%\n", 1e3 * mean, 100 * mean / whole);
    }
}

void print_spread(std::ostream& out, const char* name, const Json& spread, double scale, const char* unit) {
    const auto part = [&](const char* which) { return scale * spread[which].get<double>(); };
    out << formatted("  %-22s %12.3f %s (%.3f to %.3f)\n", name, part("median"), unit, part("minimum"),
                     part("maximum"));
}

void print_traffic(std::ostream& out, const Traffic& sent) {
    if (sent.messages == 0)
        out << "  one node: gradient, theta and sums in shared memory, no messages\n";
    else
        out << "  bytes that a node sends: " << sent.hidden_sums + sent.cost << " all-reduced, gradient "
            << sent.gradient << ", theta " << sent.theta << "; messages of these two: " << sent.messages
            << '\n';
}

}  // namespace

void write_bench_table(std::ostream& out, const BenchPlan& plan, const ImageSet& images,
                       const BenchResult& result) {
    const Json report = bench_json(plan, images, result);
    const Json &evaluation = report["evaluation"], &step = report["step"];
    const Hyperparameters& h = plan.space.hyperparameters;
    const Shape& shape = plan.space.evaluation.shape;
    const bool several = result.ranks * plan.space.threads > 1;
    out << "data: " << images.description << '\n'
        << "network: " << shape.inputs << '-' << shape.hidden << '-' << shape.outputs
        << formatted(", lambda %g, rho %g, beta %g", h.lambda, h.rho, h.beta)
        << (h.sparse() ? "\n" : " (plain)\n") << result.columns << " columns, "
        << name(plan.space.evaluation.precision) << " precision, history " << plan.space.history << ", "
        << counted(result.ranks, "rank") << " of " << counted(plan.space.threads, "thread");
    if (result.teams > 1) out << "; on a node " << result.teams << " teams of cores, with tiles of their own";
    out << '\n' << "kernels: " << describe(result.kernels) << '\n';
    print_phases(out, "an evaluation", evaluation, several);
    print_spread(out, "in all", evaluation["seconds"], 1e3, "ms");
    print_spread(out, "10 h v m / time", evaluation["rate"], 1e-9, "GFLOP/s");
    print_spread(out, "peak of a core", evaluation["thread_peak"], 1e-9, "GFLOP/s");
    print_spread(out, "share of the peak", evaluation["share_of_peak"], 100, "%");
    if (result.ranks > 1) print_traffic(out, result.traffic);
    if (step.is_null()) {
        out << "\nthe step: L-BFGS ended after " << counted(result.iterations, "iteration")
            << ", before its history of " << plan.space.history << " was full\n";
    } else {
        print_phases(out, "a step, outside of them", step, several);
        print_spread(out, "in all, on rank 0", step["seconds"], 1e3, "ms");
        print_spread(out, "with its evaluations", step["iteration"], 1e3, "ms");
    }
    if (!result.reductions.empty()) out << "\nall-reduce of bytes\n";
    for (const ReductionTime& reduction : result.reductions)
        out << formatted("  %-24lld %12.3f ms\n", static_cast<long long>(reduction.bytes),
                         1e3 * reduction.seconds);
    out << "\nmedians of " << counted(std::ssize(result.evaluations), "evaluation") << " and "
        << counted(std::ssize(result.steps), "step") << " (least to largest)\n"
        << "sha256 of the parameters after " << counted(result.iterations, "iteration") << ": "
        << result.sha256 << '\n';
}

}  // namespace sae
