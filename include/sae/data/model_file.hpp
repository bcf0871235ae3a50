#pragma once
#include <span>
#include <string>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/file_system.hpp"
#include "sae/data/metadata.hpp"

namespace sae {

/// A network in a model file.
struct Model {
    Shape shape;
    std::vector<double> theta;  ///< [W1 | W2 | b1 | b2], shape.size() numbers, all finite
    Metadata metadata;
};

/// Writes a safetensors file, whole or not at all, with the F64 tensors W1 [hidden, inputs],
/// W2 [outputs, hidden], b1 [hidden], b2 [outputs] in C order. Its bytes depend on the arguments alone.
/// `metadata` must not have a time, a host, a path or a number of ranks, so that a model has one hash. Throws
/// Error if a number is not finite.
void write_model(const std::string& path, const Shape& shape, std::span<const double> theta,
                 const Metadata& metadata, FileSystem& file_system = posix_file_system());

/// Reads a model, also one of another program: F64 or F32, the four tensors in any order and among others,
/// with or without metadata. Throws Error, with the file and the tensor, if a tensor is missing, if shapes do
/// not fit each other or the machine's memory, or if a number (its index is in the message) is not finite.
[[nodiscard]] Model read_model(const std::string& path);

/// SHA-256, in hexadecimal, of the little-endian bytes of W1, W2, b1, b2: of theta as it is in memory.
[[nodiscard]] std::string parameters_sha256(const Shape& shape, std::span<const double> theta);

/// Puts lambda, rho and beta into the metadata, each the shortest decimal that reads back as the same double.
void put_hyperparameters(Metadata& metadata, const Hyperparameters& hyperparameters);

/// lambda, rho and beta from a model's metadata; what is missing is taken from `defaults`. Throws Error, with
/// the file `path` and the entry, if one is not a number or out of range (lambda >= 0, 0 < rho < 1, beta >=
/// 0).
[[nodiscard]] Hyperparameters find_hyperparameters(const Metadata& metadata, const Hyperparameters& defaults,
                                                   const std::string& path);

}  // namespace sae
