// Writes reports of two runs and a sweep, of made-up numbers and real pictures, for report_browser.py and for
// people who want to look at them: report_sample DIRECTORY.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "sae/data/builtin_digits.hpp"
#include "sae/data/picture.hpp"
#include "sae/report/run_report.hpp"
#include "sae/report/sweep_report.hpp"

namespace {

using namespace sae;

constexpr Index side = BuiltinDigits::side;

std::vector<std::uint8_t> digits(DigitSet set, Index count) {
    BuiltinDigits source(1, set, count);
    std::vector<std::uint8_t> images(static_cast<std::size_t>(count * side * side));
    source.read(0, images);
    return images;
}

PngBytes picture(const std::vector<std::uint8_t>& images) {
    return encode_png(grid(images, std::ssize(images) / (side * side), side, side));
}

PngBytes faded(std::vector<std::uint8_t> images) {
    for (std::uint8_t& pixel : images) pixel = static_cast<std::uint8_t>(20 + pixel / 2);
    return picture(images);
}

/// Differences of digits in place of weights.
PngBytes weights(Index hidden) {
    const std::vector<std::uint8_t> images = digits(DigitSet::train, hidden + 1);
    std::vector<double> w1(static_cast<std::size_t>(hidden * side * side));
    for (std::size_t i = 0; i < w1.size(); ++i) {
        w1[i] = static_cast<double>(images[i]) - images[i + static_cast<std::size_t>(side * side)];
    }
    return encode_png(weight_grid(w1, hidden, side, side));
}

std::vector<double> activations(Index hidden, double middle) {
    std::vector<double> values;
    for (Index j = 0; j < hidden; ++j) {
        values.push_back(std::min(0.99, middle * std::exp(1.3 * std::sin(static_cast<double>(7 * j)))));
    }
    return values;
}

NamedValues made_by(const std::string& command) {
    return {{"program", "sae-mpi 2.0.0, arithmetic version 2"},
            {"ranks and threads", "4 ranks x 2 threads"},
            {"hosts", "node-1, node-2"},
            {"kernels", "AVX2"},
            {"started", "2026-11-27 12:00:00 UTC"},
            {"command", command}};
}

RunReport sample_run() {
    RunReport run;
    run.name = "Run of 100 hidden units, <rho 0.05> & beta 0.1";
    run.train_data = "built-in digits, the first 1,000 of the training set, 28 x 28 pixels";
    run.test_data = "built-in digits, the first 500 of the test set, 28 x 28 pixels";
    run.settings = {{"hidden", "100"}, {"lambda", "0.0001"}, {"rho", "0.05"}, {"beta", "0.1"}};
    run.settings.emplace_back(
        "output", "/a/rather/long/directory/name/that/must/not/widen/the/page/" + std::string(80, 'x'));
    run.outcome =
        "Ended at the limit of 400 iterations. A larger --max-iterations may lower the cost further; "
        "--resume continues from here.";
    run.made_by = made_by("sae-mpi train --hidden 100 --rho 0.05 --beta 0.1");
    run.empty_cells = true;
    for (Index i = 0; i <= 400; ++i) {
        const auto t = static_cast<double>(i);
        const CostTerms cost{70 * std::exp(-t / 12) + 6 / (1 + t / 40), 0.01 + 0.6 * (1 - std::exp(-t / 60)),
                             40 * std::exp(-t / 4) + 0.05 + 0.2 * std::exp(-t / 90)};
        run.iterations.push_back({i, i + i / 40 + 1, cost, 30 / (1 + t), 1, 0.05});
    }
    run.hyperparameters = {1e-4, 0.05, 0.1};
    run.mean_activations = activations(100, 0.05);
    run.weights = weights(100);
    run.train_input = picture(digits(DigitSet::train, 50));
    run.train_decoded = faded(digits(DigitSet::train, 50));
    run.test_input = picture(digits(DigitSet::test, 50));
    run.test_decoded = faded(digits(DigitSet::test, 50));
    run.train_error = 0.7312;
    run.test_error = 2.6154;
    run.model_sha256 = std::string(64, 'a');
    run.evaluations = 411;
    run.seconds = 95.2;
    return run;
}

/// Light, oblong images that do not fill their grid, and no sparsity term, no test images and no test error.
RunReport sample_patches() {
    constexpr Index rows = 7, cols = 12, count = 23, hidden = 31;
    std::vector<std::uint8_t> images;
    for (Index i = 0; i < rows * cols * count; ++i)
        images.push_back(static_cast<std::uint8_t>(225 + 30 * std::sin(0.07 * static_cast<double>(i))));
    std::vector<double> w1;
    for (Index i = 0; i < rows * cols * hidden; ++i) w1.push_back(std::cos(0.11 * static_cast<double>(i)));
    RunReport run;
    run.name = "patches";
    run.train_data = "patches.npy: 23 images of 7 x 12";
    run.outcome = "Converged.";
    run.iterations = {{0, 1, {3, 0.5, 0}, 1, 0, 0}};
    run.mean_activations = activations(hidden, 0.4);
    run.weights = encode_png(weight_grid(w1, hidden, rows, cols));
    run.train_input = run.train_decoded = encode_png(grid(images, count, rows, cols));
    run.empty_cells = true;
    run.train_error = 3;
    return run;
}

SweepRow sample_row(Index hidden, Index images, const Hyperparameters& hyperparameters) {
    SweepRow row;
    row.hidden = hidden;
    row.train_count = images;
    row.hyperparameters = hyperparameters;
    row.status = hidden == 250 ? LbfgsStatus::converged : LbfgsStatus::max_iterations;
    row.iterations = 400;
    row.evaluations = 400 + hidden / 10;
    row.retries = hidden == 10 && hyperparameters.sparse() ? 1 : 0;
    const double scale = 101.37 / static_cast<double>(hidden);
    row.cost = {scale * std::log10(static_cast<double>(images)), 0.3041, hyperparameters.beta * 0.5};
    row.train_error = row.cost.reconstruction;
    row.test_error = 7.8134 + scale - std::log10(static_cast<double>(images));
    row.mean_activations = activations(hidden, hyperparameters.sparse() ? hyperparameters.rho : 0.3);
    row.seconds = 1.937 * static_cast<double>(hidden);
    row.model_sha256 = std::string(60, 'b') + std::to_string(1000 + hidden);
    row.link = "h" + std::to_string(hidden) + "/report.html";
    row.weights = weights(hidden);
    return row;
}

SweepReport sample_sweep() {
    SweepReport sweep;
    sweep.name = "The study: hidden units, images, sparsity";
    sweep.train_data = "built-in digits, 28 x 28 pixels";
    sweep.test_data = "built-in digits, the first 500 of the test set";
    sweep.settings = {{"max-iterations", "400"}, {"history", "10"}, {"seed", "1"}};
    for (const Index images : {100, 1000}) {
        for (const Index hidden : {10, 50, 100, 250}) {
            sweep.rows.push_back(sample_row(hidden, images, {1e-4, 0.05, 0}));
        }
    }
    for (const auto& [hidden, beta] : {std::pair(10, 0.2), std::pair(50, 0.1), std::pair(100, 0.01)}) {
        for (const double rho : {0.05, 0.01, 0.005}) {
            sweep.rows.push_back(sample_row(hidden, 100, {1e-4, rho, beta}));
        }
    }
    sweep.rows.push_back({});
    sweep.rows.back().hidden = 500;
    sweep.rows.back().train_count = 1000;
    sweep.rows.back().status = LbfgsStatus::interrupted;
    sweep.made_by = made_by("mpirun -n 4 sae-mpi sweep");
    sweep.empty_cells = true;
    sweep.seconds = 83;
    return sweep;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: report_sample DIRECTORY\n";
        return 2;
    }
    const std::filesystem::path directory(argv[1]);
    std::ofstream run(directory / "run.html");
    run << run_report(sample_run());
    std::ofstream sweep(directory / "sweep.html");
    sweep << sweep_report(sample_sweep());
    std::ofstream patches(directory / "patches.html");
    patches << run_report(sample_patches());
    return run.flush() && sweep.flush() && patches.flush() ? 0 : 1;
}
