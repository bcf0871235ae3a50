#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sae/data/safetensors.hpp"

namespace sae {

/// Writes a checkpoint, whole or not at all: a safetensors file whose last tensor, "sha256" U8 [32], is the
/// SHA-256 of all bytes before it, header and metadata included, so that any changed byte is found. All
/// tensors are declared first; then their elements are appended in that order, in pieces.
class CheckpointWriter {
  public:
    /// `metadata` may not hold the key "format", `tensors` not the name "sha256".
    CheckpointWriter(const std::string& path, std::vector<TensorSpec> tensors, Metadata metadata,
                     FileSystem& file_system = posix_file_system());

    void append(std::span<const double> values) { file_.append(values); }
    void append(std::span<const float> values) { file_.append(values); }
    void append(std::span<const std::int64_t> values) { file_.append(values); }
    /// Adds the checksum and puts the file in its place.
    void commit();

  private:
    SafetensorsWriter file_;
};

/// Reads a checkpoint. The constructor checks the header's form; its content can be trusted only after
/// verify().
class CheckpointReader {
  public:
    /// Throws Error if the file is not a checkpoint in the format of CheckpointWriter.
    explicit CheckpointReader(const std::string& path);

    /// Reads the whole file and compares the checksum. Throws Error, which names the file, if it is damaged.
    /// One process calls this before any process uses the content.
    void verify() const;

    [[nodiscard]] const std::string& path() const { return file_.path(); }
    [[nodiscard]] const Metadata& metadata() const { return file_.metadata(); }
    /// The tensors, which may be read in slices.
    [[nodiscard]] const SafetensorsReader& tensors() const { return file_; }

  private:
    SafetensorsReader file_;
};

/// A checkpoint in a run directory.
struct CheckpointEntry {
    Index iteration = 0;
    std::string path;
};

/// `directory`/checkpoint-000123.safetensors
[[nodiscard]] std::string checkpoint_path(const std::string& directory, Index iteration);

/// The checkpoints in a directory, newest (highest iteration) first; empty if there is no such directory.
[[nodiscard]] std::vector<CheckpointEntry> list_checkpoints(const std::string& directory);

/// Removes the file, if it is still there. Throws Error if it cannot be removed.
void remove_checkpoint(const CheckpointEntry& entry, FileSystem& file_system = posix_file_system());

/// Removes all but the `count` newest checkpoints. Throws Error if one cannot be removed.
void keep_newest(const std::string& directory, std::size_t count,
                 FileSystem& file_system = posix_file_system());

}  // namespace sae
