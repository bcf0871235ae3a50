#pragma once
#include <span>

#include "sae/app/options.hpp"
#include "sae/app/report.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Writes weights.png, and inputs and decodings of the first 100 training and test images, and puts them
/// into the report. Not collective.
void write_run_pictures(const RunDirectory& directory, const TrainOptions& options, const Shape& shape,
                        std::span<const double> theta, RunReport& report);

}  // namespace sae
