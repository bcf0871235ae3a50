#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/iteration_record.hpp"

namespace sae {

/// A PNG file's bytes (encode_png); empty where there is no picture.
using PngBytes = std::vector<std::byte>;

/// Names and values, in the order in which they are shown.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// What came of a training.
struct RunFigures {
    Index evaluations = 0;                 ///< of cost and gradient, in all
    double seconds = 0;                    ///< wall time of the training
    std::optional<double> train_error;     ///< mean of 1/2 ||a3 - x||^2 over the training images
    std::optional<double> test_error;      ///< the same over the test images
    std::vector<double> mean_activations;  ///< rho_hat_j over the training images, one a hidden unit
    std::string model_sha256;              ///< parameters_sha256() of the model; empty if there is none
};

/// What a report says of one training. Texts are plain: the writer escapes them.
struct RunReport : RunFigures {
    std::string name;                         ///< of the run; the page's title
    std::string train_data;                   ///< where the training images come from, how many, their size
    std::string test_data;                    ///< empty if there are none
    NamedValues settings;                     ///< every option as used
    NamedValues made_by;                      ///< version, ranks, hosts, command, ...
    std::string outcome;                      ///< how the training ended, a paragraph
    std::vector<IterationRecord> iterations;  ///< in order, from 0 if the log is whole; may be empty
    Hyperparameters hyperparameters;          ///< as trained
    bool empty_cells = false;                 ///< whether the last row of a picture has cells without image
    PngBytes weights;                         ///< weight_grid() of W1
    PngBytes train_input;
    PngBytes train_decoded;
    PngBytes test_input;
    PngBytes test_decoded;
};

/// The report of a run as one HTML file (UTF-8) that needs nothing else: style, charts (SVG) and pictures are
/// inside. It suits light, dark, wide and narrow screens and paper, and needs no script. What the report
/// lacks (empty pictures, texts, lists) is left out of the page.
[[nodiscard]] std::string run_report(const RunReport& report);

}  // namespace sae
