#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace sae {

/// What `sae-mpi info` prints about a file.
struct FileFacts {
    /// file, kind ("model" or "checkpoint"), bytes, network, parameters, hyperparameters, iteration, cost,
    /// parameters_sha256, checksum ("right", "damaged" or, in a model, "none"), tensors and metadata; what
    /// the file does not hold is left out.
    nlohmann::ordered_json facts;
    /// What is wrong with the file although it could be read; empty if nothing is.
    std::string damage;
};

/// Reads a model or a checkpoint, whichever it is. Throws Error if it is neither. Of a checkpoint whose
/// checksum is wrong the facts may be wrong too.
[[nodiscard]] FileFacts read_file_facts(const std::string& path);

/// The facts as text for a person, one a line.
[[nodiscard]] std::string facts_text(const nlohmann::ordered_json& facts);

}  // namespace sae
