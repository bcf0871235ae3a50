#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sae/cli/option_table.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/precision.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {

// The options of each command, with their defaults. declare() binds them to the options of the command line;
// it has their ranges and what each does. The first sentence of a summary is the command's line in the
// overview.

// The kinds of values (option_values.hpp) that only this program has:

struct Precisions {
    [[nodiscard]] static std::string expected() { return "\"double\" or \"single\""; }
    [[nodiscard]] static std::optional<Precision> read(std::string_view text);
    [[nodiscard]] static std::string text(Precision value) { return std::string(name(value)); }
};

/// A number for all hidden sizes ("0.1") or for one of them only ("50:0.1").
struct TiedNumber {
    std::optional<Index> hidden;  ///< units, >= 1; without: all
    double value = 0;

    friend bool operator==(const TiedNumber&, const TiedNumber&) = default;
};

struct TiedNumbers {
    RealNumbers numbers;

    [[nodiscard]] std::string expected() const;
    [[nodiscard]] std::optional<TiedNumber> read(std::string_view text) const;
    [[nodiscard]] static std::string text(const TiedNumber& value);
};

/// Built-in digits that are drawn, for training and for testing each, if no count is given.
inline constexpr Index built_in_count = 1000;

/// Where images come from: a directory with MNIST's four files, files of images, or, if neither is named, the
/// built-in digits.
struct SourceOptions {
    std::optional<std::string> data;
    std::optional<std::string> train, test;
    std::uint64_t digits_seed = 0;

    /// Whether neither a directory nor a file is named.
    [[nodiscard]] bool built_in() const { return !data && !train; }

    /// Whether there are test images: not with --train alone.
    [[nodiscard]] bool has_test() const { return !train || test; }

    void declare(OptionTable& table, bool with_test);
    friend bool operator==(const SourceOptions&, const SourceOptions&) = default;
};

/// The options that all trainings have.
struct RunOptions {
    SourceOptions source;
    std::optional<Index> test_count;

    LbfgsSettings optimiser;
    std::uint64_t seed = 0;  ///< of the starting weights
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;  ///< of each rank; without: what its processor binding allows

    std::string output;                     ///< run directory
    bool overwrite = false;                 ///< whether a result in it may be replaced
    bool resume = false;                    ///< whether to continue from the newest checkpoint in it
    std::optional<Index> checkpoint_every;  ///< iterations; without: by time
    bool quiet = false;                     ///< no progress

    void declare_optimiser(OptionTable& table);
    /// `directory` says what --output is, `resumed` what --resume does.
    void declare_output(OptionTable& table, const std::string& directory, const std::string& resumed);
    friend bool operator==(const RunOptions&, const RunOptions&) = default;
};

struct TrainOptions : RunOptions {
    static constexpr const char* command = "train";
    static constexpr const char* summary =
        "Trains an autoencoder and writes a run directory. L-BFGS works on all images at once; the "
        "directory holds the model, its pictures, a report, a log and the settings.";

    std::optional<Index> train_count;  ///< without: built_in_count digits or all images of the file
    Index hidden = 100;                ///< units
    Hyperparameters hyperparameters{3e-3, 0.1, 3};
    std::optional<std::string> init;  ///< model file to start from, instead of random weights

    TrainOptions() { output = "sae-run"; }
    void declare(OptionTable& table);
    friend bool operator==(const TrainOptions&, const TrainOptions&) = default;
};

struct SweepOptions : RunOptions {
    static constexpr const char* command = "sweep";
    static constexpr const char* summary =
        "Trains many settings and makes one table and one report. Each combination of the listed settings "
        "has a run directory below --output, next to the table (sweep.json) and the report (report.html). "
        "The ranks are split into groups that take settings from one queue, the longest first; the results "
        "do not depend on the groups.";

    bool study = false;                        ///< the 17 settings of the study instead of the lists
    std::optional<std::vector<Index>> hidden;  ///< units; without this or another list: as TrainOptions
    std::optional<std::vector<Index>> train_counts;
    std::optional<std::vector<TiedNumber>> beta;
    std::optional<std::vector<TiedNumber>> rho;  ///< makes no difference where beta is 0
    std::optional<double> lambda;                ///< without: as TrainOptions, or 1e-4 with `study`

    std::optional<Index> groups;             ///< of ranks; without: as choose_groups() says
    Index retries = 2;                       ///< trainings from other starts at most
    std::optional<std::vector<Index>> only;  ///< numbers of the settings to train, from 0
    bool list = false;                       ///< print the settings and do nothing
    bool collect = false;                    ///< write table and report of what is finished

    SweepOptions() { output = "sae-sweep"; }
    void declare(OptionTable& table);
    friend bool operator==(const SweepOptions&, const SweepOptions&) = default;
};

struct CheckGradientOptions {
    static constexpr const char* command = "check-gradient";
    static constexpr const char* summary =
        "Tests the gradient by differences and by the formulas. Compares it with central differences of "
        "the cost and with the formulas in Eigen, for the plain autoencoder (beta 0) and for the sparse "
        "one. Exit status 1 if a relative difference is above its tolerance.";

    SourceOptions source;
    Index train_count = 10;
    Index hidden = 2;
    Hyperparameters hyperparameters{1e-4, 0.05, 3};  ///< beta of the sparse check
    double epsilon = 1e-4;                           ///< half the distance of the two costs
    double plain_tolerance = 1e-8;                   ///< of ||a - b|| / ||a + b||
    double sparse_tolerance = 1e-7;
    std::uint64_t seed = 0;
    Index threads = 1;  ///< the default network is too small for more

    void declare(OptionTable& table);
    friend bool operator==(const CheckGradientOptions&, const CheckGradientOptions&) = default;
};

struct VerifyOptions {
    static constexpr const char* command = "verify";
    static constexpr const char* summary =
        "Tests whether this machine computes the published bits. It trains four small networks on the "
        "built-in digits (plain and sparse, in double and in single precision) and compares each bit of "
        "the results with the published ones. Exit status 1 if one differs.";

    std::optional<Index> threads;
    bool print = false;  ///< the results as the source file that holds the published ones, without comparing

    void declare(OptionTable& table);
    friend bool operator==(const VerifyOptions&, const VerifyOptions&) = default;
};

/// Options that are not given are taken from the model's metadata, or, where they lack it, from
/// Hyperparameters{}.
struct EvaluateOptions {
    static constexpr const char* command = "evaluate";
    static constexpr const char* summary =
        "Prints the cost of a model on data, as JSON. The object has the cost, its three terms, the "
        "gradient's norm and the least, mean and largest mean activation of the hidden units.";

    std::string model;
    SourceOptions source;
    std::optional<Index> train_count;
    std::optional<double> lambda, rho, beta;
    std::optional<std::string> gradient;  ///< file to write the gradient to, in the model's format
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;

    void declare(OptionTable& table);
    friend bool operator==(const EvaluateOptions&, const EvaluateOptions&) = default;
};

/// The options of encode and reconstruct, which compute a row of numbers for each image.
struct RowOptions {
    std::string model;
    SourceOptions source;
    std::optional<std::string> images;  ///< file of images, instead of training and test images
    std::optional<Index> train_count;   ///< of the training images or of `images`
    std::optional<Index> test_count;
    std::optional<Index> threads;

    std::string output;                      ///< .npy file of the training images or of `images`
    std::optional<std::string> test_output;  ///< .npy file of the test images; without: not computed
    bool overwrite = false;                  ///< whether files that are there may be replaced

    /// Where the images come from: `source`, or `images` alone.
    [[nodiscard]] SourceOptions images_source() const;

    /// Declares model and data; the group of the output follows, with what is `written` to the files.
    void declare_rows(OptionTable& table, const std::string& written);
    friend bool operator==(const RowOptions&, const RowOptions&) = default;
};

struct EncodeOptions : RowOptions {
    static constexpr const char* command = "encode";
    static constexpr const char* summary =
        "Writes hidden activations of images as .npy files. They are NumPy arrays of shape [images, "
        "hidden] in 64-bit floats, f(W1 x + b1) with the pixels x scaled to [0, 1]. The bytes do not "
        "depend on the number of ranks or threads, and no rank holds more than a few MiB of images and "
        "activations.";

    EncodeOptions() { output = "features.npy"; }
    void declare(OptionTable& table);
    friend bool operator==(const EncodeOptions&, const EncodeOptions&) = default;
};

struct ReconstructOptions : RowOptions {
    static constexpr const char* command = "reconstruct";
    static constexpr const char* summary =
        "Writes reconstructions of images as .npy files and pictures. The files are NumPy arrays of shape "
        "[images, pixels] in 64-bit floats, 0 black and 1 white: f(W2 a + b2) with the hidden activations "
        "a. Next to each array is a picture (.png) of the first images, each above its reconstruction. The "
        "bytes do not depend on the number of ranks or threads.";

    Index shown = 50;  ///< images in the picture at most; 0: no picture

    ReconstructOptions() { output = "reconstructions.npy"; }
    void declare(OptionTable& table);
    friend bool operator==(const ReconstructOptions&, const ReconstructOptions&) = default;
};

struct InfoOptions {
    static constexpr const char* command = "info";
    static constexpr const char* summary =
        "Shows what is in a model or checkpoint file. That is the network, its hyperparameters, the "
        "iteration, the cost (checkpoints only), the SHA-256 of the parameters, and whether the file is "
        "damaged. Exit status 1 if it is.";

    std::string file;   ///< model or checkpoint
    bool json = false;  ///< one JSON object instead of text

    void declare(OptionTable& table);
    friend bool operator==(const InfoOptions&, const InfoOptions&) = default;
};

struct ShowOptions {
    static constexpr const char* command = "show";
    static constexpr const char* summary =
        "Writes grids of the first images as PNG files. They show training images and, if there are any, "
        "test images.";

    SourceOptions source;
    std::vector<Index> first{10, 50, 100};  ///< training images of each grid
    Index test_first = 100;
    std::string output = "sae-pictures";  ///< directory

    void declare(OptionTable& table);
    friend bool operator==(const ShowOptions&, const ShowOptions&) = default;
};

struct BenchOptions {
    static constexpr const char* command = "bench";
    static constexpr const char* summary =
        "Measures the time of each phase and the share of the peak. The phases are those of an evaluation "
        "of cost and gradient, compared with the peak of the processor's registers, and those of a step of "
        "L-BFGS. Prints tables and writes no files.";

    SourceOptions source;
    std::optional<Index> train_count;
    Index hidden = 100;
    Hyperparameters hyperparameters{3e-3, 0.1, 3};
    int history = 10;
    std::uint64_t seed = 0;
    Precision precision = Precision::double_precision;
    std::optional<Index> threads;
    Index repeat = 5;    ///< evaluations, and steps with a full history
    bool json = false;   ///< one JSON object instead of tables
    bool quiet = false;  ///< no progress

    void declare(OptionTable& table);
    friend bool operator==(const BenchOptions&, const BenchOptions&) = default;
};

inline constexpr const char* program_name = "sae-mpi";

/// The table of a command's options, bound to `options`, which must outlive it.
template <class Options>
[[nodiscard]] OptionTable table_of(Options& options) {
    OptionTable table(program_name, Options::command, Options::summary);
    options.declare(table);
    return table;
}

/// Every option as used, as an INI file: `sae-mpi COMMAND --config` with it and another --output repeats the
/// run.
template <class Options>
[[nodiscard]] std::string to_ini(Options options) {
    return table_of(options).to_ini();
}

}  // namespace sae
