#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sae/app/option_table.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/precision.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Where images come from: a directory with MNIST's four files, files of images, or, if neither is named, the
/// built-in digits.
struct SourceOptions {
    std::optional<std::string> data;   ///< directory with MNIST's names, raw or .gz; excludes train and test
    std::optional<std::string> train;  ///< file of training images (open_image_file)
    std::optional<std::string> test;   ///< file of test images
    std::uint64_t digits_seed = 0;     ///< of the built-in digits
    int drawing_threads = 1;           ///< no option: as many as the rank computes with

    /// Whether neither a directory nor a file is named.
    [[nodiscard]] bool built_in() const { return !data && !train; }

    /// Whether there are test images: not with --train alone.
    [[nodiscard]] bool has_test() const { return !train || test; }

    /// The same, for a program that has `threads` threads to draw digits with.
    [[nodiscard]] SourceOptions drawn_by(int threads) const;

    void declare(OptionTable& table, bool with_test);
    friend bool operator==(const SourceOptions&, const SourceOptions&) = default;
};

/// Built-in digits that are drawn, for training and for testing each, if no count is given.
inline constexpr Index built_in_count = 1000;

/// `sae-mpi train`.
struct TrainOptions {
    static constexpr const char* command = "train";
    static constexpr const char* summary =
        "Trains a sparse autoencoder by L-BFGS over all images at once and writes a run directory with the "
        "model, its pictures, a log and the settings.";

    SourceOptions source;
    std::optional<Index> train_count;  ///< >= 1; without: built_in_count digits or all images of the file
    std::optional<Index> test_count;   ///< >= 1; likewise

    Index hidden = 100;                             ///< units, >= 1
    Hyperparameters hyperparameters{3e-3, 0.1, 3};  ///< lambda >= 0, rho in (0, 1), beta >= 0
    Index max_iterations = 400;                     ///< >= 1
    Index history = 10;                             ///< pairs of L-BFGS, 1 to 1000
    double gradient_tolerance = 1e-5;               ///< >= 0
    double cost_tolerance = 0;                      ///< >= 0
    std::uint64_t seed = 0;                         ///< of the starting weights
    std::optional<std::string> init;                ///< model file to start from, in place of random weights
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;  ///< of each rank, 1 to 1024; without: what its processor binding allows

    std::string output = "sae-run";         ///< run directory
    bool overwrite = false;                 ///< whether a result in it may be replaced
    bool resume = false;                    ///< whether to continue from the newest checkpoint in it
    std::optional<Index> checkpoint_every;  ///< iterations, >= 1; without: by time
    bool quiet = false;                     ///< no progress

    void declare(OptionTable& table);
    friend bool operator==(const TrainOptions&, const TrainOptions&) = default;
};

/// `sae-mpi check-gradient`.
struct CheckGradientOptions {
    static constexpr const char* command = "check-gradient";
    static constexpr const char* summary =
        "Compares the gradient with central differences of the cost, for the plain autoencoder (beta 0) and "
        "for the sparse one. Exit status 1 if a relative difference is above its tolerance.";

    SourceOptions source;
    Index train_count = 10;                          ///< >= 1
    Index hidden = 2;                                ///< units, >= 1
    Hyperparameters hyperparameters{1e-4, 0.05, 3};  ///< beta above 0: of the sparse check
    double epsilon = 1e-4;                           ///< half the distance of the two costs, above 0
    double plain_tolerance = 1e-8;  ///< of ||analytic - numerical|| / ||analytic + numerical||, above 0
    double sparse_tolerance = 1e-7;
    std::uint64_t seed = 0;  ///< of the weights
    Index threads = 1;       ///< of each rank, 1 to 1024; the default network is too small for more

    void declare(OptionTable& table);
    friend bool operator==(const CheckGradientOptions&, const CheckGradientOptions&) = default;
};

/// `sae-mpi verify`.
struct VerifyOptions {
    static constexpr const char* command = "verify";
    static constexpr const char* summary =
        "Trains four small networks on the built-in digits (plain and sparse, in double and in single "
        "precision) and compares each bit of the result with the published ones. Exit status 1 if one "
        "differs.";

    std::optional<Index> threads;
    bool print = false;  ///< the results as the source file that holds the published ones, without comparing

    void declare(OptionTable& table);
    friend bool operator==(const VerifyOptions&, const VerifyOptions&) = default;
};

/// `sae-mpi evaluate`. What is not given is taken from the model's metadata, or, where they lack it, from
/// Hyperparameters{}.
struct EvaluateOptions {
    static constexpr const char* command = "evaluate";
    static constexpr const char* summary =
        "Prints the cost of a model on data, its three terms, the gradient's norm and the least, mean and "
        "largest mean activation of the hidden units, as one JSON object on the standard output.";

    std::string model;  ///< model file
    SourceOptions source;
    std::optional<Index> train_count;
    std::optional<double> lambda;
    std::optional<double> rho;
    std::optional<double> beta;
    std::optional<std::string> gradient;  ///< file to write the gradient to, in the model's format
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;

    void declare(OptionTable& table);
    friend bool operator==(const EvaluateOptions&, const EvaluateOptions&) = default;
};

/// `sae-mpi show`.
struct ShowOptions {
    static constexpr const char* command = "show";
    static constexpr const char* summary = "Writes grids of the first training and test images as PNG files.";

    SourceOptions source;
    std::vector<Index> first{10, 50, 100};  ///< training images of each grid, 1 to 100,000
    Index test_first = 100;                 ///< test images, 1 to 100,000
    std::string output = "sae-pictures";    ///< directory

    void declare(OptionTable& table);
    friend bool operator==(const ShowOptions&, const ShowOptions&) = default;
};

/// `sae-mpi bench`.
struct BenchOptions {
    static constexpr const char* command = "bench";
    static constexpr const char* summary =
        "Measures the time of each phase of an evaluation of cost and gradient, compares it with the peak of "
        "the processor's registers, and measures the steps of L-BFGS. Prints tables and writes no files.";

    SourceOptions source;
    std::optional<Index> train_count;
    Index hidden = 100;                             ///< units, >= 1
    Hyperparameters hyperparameters{3e-3, 0.1, 3};  ///< beta 0: plain
    Index history = 10;                             ///< pairs of L-BFGS, 1 to 1000
    std::uint64_t seed = 0;                         ///< of the starting weights
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;
    Index repeat = 5;    ///< evaluations, and steps with a full history, 1 to 100,000
    bool json = false;   ///< one JSON object instead of tables
    bool quiet = false;  ///< no progress

    void declare(OptionTable& table);
    friend bool operator==(const BenchOptions&, const BenchOptions&) = default;
};

/// `sae-mpi info`.
struct InfoOptions {
    static constexpr const char* command = "info";
    static constexpr const char* summary =
        "Shows what is in a model file or a checkpoint: the network, its hyperparameters, the iteration, the "
        "cost (checkpoints only), the SHA-256 of the parameters, and whether the file is damaged. Exit "
        "status 1 if it is.";

    std::string file;   ///< model or checkpoint
    bool json = false;  ///< one JSON object in place of text

    void declare(OptionTable& table);
    friend bool operator==(const InfoOptions&, const InfoOptions&) = default;
};

/// The table of a command's options, bound to `options`, which must outlive it.
template <class Options>
[[nodiscard]] OptionTable table_of(Options& options) {
    OptionTable table(Options::command, Options::summary);
    options.declare(table);
    return table;
}

/// Every option as used, as an INI file: `sae-mpi COMMAND --config` with it and another
/// --output repeats the run.
template <class Options>
[[nodiscard]] std::string to_ini(Options options) {
    return table_of(options).to_ini();
}

/// Name and readable value of every option as used.
template <class Options>
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(Options options) {
    return table_of(options).settings();
}

}  // namespace sae
