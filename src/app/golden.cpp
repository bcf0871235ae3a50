#include "golden.hpp"

#include <algorithm>
#include <array>

#include "sae/core/arithmetic.hpp"
#include "sae/core/initialise.hpp"
#include "sae/data/model_file.hpp"
#include "sae/report/words.hpp"
#include "sae/train/trainer.hpp"

namespace sae {
namespace {

constexpr std::array published_iterations{Index{0},  Index{1},  Index{2},         Index{5},
                                          Index{10}, Index{20}, golden_iterations};

std::string hexadecimal(double number) {
    return formatted("%a", number);
}

LbfgsSettings optimiser_settings() {
    LbfgsSettings settings;
    settings.history = golden_history;
    settings.gradient_tolerance = 0;
    settings.max_iterations = golden_iterations;
    return settings;
}

std::string difference(Index iteration, const char* what, double found, double published) {
    if (found == published) return {};
    return "iteration " + std::to_string(iteration) + ": the " + what + " is " + hexadecimal(found) +
           ", published is " + hexadecimal(published);
}

}  // namespace

std::span<const GoldenTraining> golden_trainings() {
    static constexpr Hyperparameters plain{1e-3, 0.1, 0}, sparse{3e-3, 0.1, 3};
    static constexpr std::array all{
        GoldenTraining{"plain, double precision", Precision::double_precision, plain},
        GoldenTraining{"sparse, double precision", Precision::double_precision, sparse},
        GoldenTraining{"plain, single precision", Precision::single_precision, plain},
        GoldenTraining{"sparse, single precision", Precision::single_precision, sparse}};
    return all;
}

GoldenResult train_golden(const mpi::Communicator& comm, const GoldenTraining& training,
                          const ColumnTiles& columns, int threads) {
    const Shape shape = autoencoder(columns.rows(), golden_hidden);
    DistributedSpace space(
        comm, space_settings(shape, training.hyperparameters, training.precision, golden_history, threads),
        columns, columns);
    if (!comm.is_root()) {
        space.serve();
        return {};
    }
    const StopGuard guard(space);
    GoldenResult result;
    const auto note = [&](const IterationRecord& record, const LbfgsStep& /*step*/) {
        if (std::ranges::find(published_iterations, record.iteration) == published_iterations.end()) return;
        result.points.push_back({record.iteration, record.cost.total(), record.gradient_norm});
    };
    const std::vector<double> start = initial_theta(shape, 0);
    const TrainingOutcome outcome = run_training(space, optimiser_settings(), {start, {}},
                                                 {note, [](const Lbfgs&, DistributedSpace&, bool) {}});
    result.sha256 = parameters_sha256(shape, outcome.theta);
    return result;
}

std::string difference(const GoldenResult& found, const GoldenResult& published) {
    for (std::size_t i = 0; i < published.points.size(); ++i) {
        const GoldenPoint& expected = published.points[i];
        if (i == found.points.size() || found.points[i].iteration != expected.iteration)
            return "iteration " + std::to_string(expected.iteration) + " is not reached";
        const GoldenPoint& here = found.points[i];
        std::string text = difference(expected.iteration, "cost", here.cost, expected.cost);
        if (text.empty())
            text =
                difference(expected.iteration, "gradient's norm", here.gradient_norm, expected.gradient_norm);
        if (text.empty()) continue;
        if (i > 0)
            text +=
                ", the iterations before agree up to " + std::to_string(published.points[i - 1].iteration);
        return text;
    }
    if (found.sha256 == published.sha256) return {};
    return "the SHA-256 of the parameters is " + found.sha256 + ", published is " + published.sha256;
}

std::string golden_source(std::span<const GoldenResult> results) {
    std::string text =
        "// Written by `sae-mpi verify --print`: see \"To change the arithmetic\" in docs/arithmetic.md.\n"
        "#include \"golden.hpp\"\n\nnamespace sae {\n\nconst std::int64_t golden_arithmetic = " +
        std::to_string(arithmetic_version) +
        ";\n\nstd::span<const GoldenResult> golden_results() {\n"
        "    // clang-format off\n    static const std::vector<GoldenResult> results{\n";
    for (const GoldenResult& result : results) {
        text += "        {{\n";
        for (const GoldenPoint& point : result.points)
            text += "             {" + std::to_string(point.iteration) + ", " + hexadecimal(point.cost) +
                    ", " + hexadecimal(point.gradient_norm) + "},\n";
        text += "         },\n         \"" + result.sha256 + "\"},\n";
    }
    return text + "    };\n    // clang-format on\n    return results;\n}\n\n}  // namespace sae\n";
}

}  // namespace sae
