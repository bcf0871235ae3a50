#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/hyperparameters.hpp"
#include "sae/core/precision.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// Cost and gradient norm after an iteration.
struct GoldenPoint {
    Index iteration = 0;
    double cost = 0;
    double gradient_norm = 0;
};

/// The result of a golden training: some points of its log, in order, and the SHA-256 of its parameters.
struct GoldenResult {
    std::vector<GoldenPoint> points;
    std::string sha256;
};

/// A small training on the first golden_columns built-in digits, whose result is published.
struct GoldenTraining {
    const char* name;  ///< in messages
    Precision precision;
    Hyperparameters hyperparameters;
};

/// Three tiles, the last ragged: sizes that no group, block or vector divides.
inline constexpr Index golden_columns = 437;
inline constexpr Index golden_hidden = 29;
inline constexpr Index golden_iterations = 30;
inline constexpr int golden_history = 7;

[[nodiscard]] std::span<const GoldenTraining> golden_trainings();

/// The published results, one a training, and the version of the arithmetic that they belong to: in
/// golden_values.cpp, which `sae-mpi verify --print` writes.
[[nodiscard]] std::span<const GoldenResult> golden_results();
extern const std::int64_t golden_arithmetic;

/// Collective: the result of a training on `columns`, on rank 0; empty on the others.
[[nodiscard]] GoldenResult train_golden(const mpi::Communicator& comm, const GoldenTraining& training,
                                        const ColumnTiles& columns, int threads);

/// Where `found` first differs from what is published, in words; empty if nowhere.
[[nodiscard]] std::string difference(const GoldenResult& found, const GoldenResult& published);

/// Results as the source file golden_values.cpp.
[[nodiscard]] std::string golden_source(std::span<const GoldenResult> results);

}  // namespace sae
