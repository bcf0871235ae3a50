#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace sae {

/// What is in a model or checkpoint file.
struct FileFacts {
    /// file, kind ("model" or "checkpoint"), bytes, network, parameters, hyperparameters, iteration,
    /// evaluations and cost (checkpoints only), parameters_sha256, checksum ("right", "damaged" or, in a
    /// model, "none"), tensors and metadata; entries that the file does not have are left out.
    nlohmann::ordered_json facts;
    /// A defect of a file that could be read anyway, for which the facts may be wrong; empty if there is
    /// none.
    std::string damage;
};

/// Reads a model or a checkpoint; throws Error if it is neither or cannot be read.
[[nodiscard]] FileFacts read_file_facts(const std::string& path);

}  // namespace sae
