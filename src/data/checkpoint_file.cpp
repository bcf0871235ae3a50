#include "sae/data/checkpoint_file.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

constexpr char kFormatKey[] = "format";
constexpr char kFormat[] = "sae-mpi checkpoint 1";
constexpr char kChecksum[] = "sha256";
constexpr Index kChecksumSize = std::tuple_size_v<Sha256Digest>;
constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr int kDigits = 6;

std::vector<TensorSpec> with_checksum(std::vector<TensorSpec> tensors) {
    tensors.push_back({kChecksum, Dtype::u8, {kChecksumSize}});
    return tensors;
}

Metadata with_format(Metadata metadata) {
    if (!metadata.emplace(kFormatKey, kFormat).second) {
        throw std::logic_error("the metadata of a checkpoint has a format already");
    }
    return metadata;
}

/// SHA-256 of the first `size` bytes of the file, read in pieces.
Sha256Digest hash_of(const InputFile& file, Index size) {
    constexpr Index kPiece = Index{1} << 20;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, kPiece)));
    Sha256 hash;
    for (Index offset = 0; offset < size; offset += kPiece) {
        const auto piece = std::span(buffer).first(static_cast<std::size_t>(std::min(kPiece, size - offset)));
        file.read_at(offset, piece);
        hash.update(piece);
    }
    return hash.digest();
}

std::string file_name(Index iteration) {
    std::string digits = std::to_string(iteration);
    digits.insert(0, std::max<std::size_t>(kDigits, digits.size()) - digits.size(), '0');
    return std::string(kPrefix) + digits + std::string(kSuffix);
}

/// The iteration in a checkpoint's name, or nothing if the name is not that of a checkpoint.
std::optional<Index> iteration_of(const std::string& name) {
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
    Index iteration = -1;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), iteration);
    if (iteration < 0 || file_name(iteration) != name) return std::nullopt;
    return iteration;
}

}  // namespace

CheckpointWriter::CheckpointWriter(const std::string& path, std::vector<TensorSpec> tensors,
                                   Metadata metadata, FileSystem& file_system)
    : file_(path, with_checksum(std::move(tensors)), with_format(std::move(metadata)), file_system) {}

void CheckpointWriter::commit() {
    file_.append(file_.digest());
    file_.commit();
}

CheckpointReader::CheckpointReader(const std::string& path) : file_(path) {
    const std::string problem = "cannot read " + path + ": not a checkpoint: ";
    const auto format = metadata().find(kFormatKey);
    if (format == metadata().end() || format->second != kFormat) {
        throw Error(problem + "its metadata has " +
                    (format == metadata().end() ? "no format" : "the format " + quoted(format->second)) +
                    ", expected \"" + kFormat + "\"");
    }
    const TensorInfo* checksum = file_.find(kChecksum);
    if (checksum == nullptr || checksum->dtype != Dtype::u8 ||
        checksum->shape != std::vector{kChecksumSize} || checksum != &file_.tensors().back()) {
        throw Error(problem + "expected a tensor \"sha256\" of 32 U8 at its end");
    }
}

void CheckpointReader::verify() const {
    Sha256Digest expected{};
    file_.read(file_.tensor(kChecksum), expected);
    const Sha256Digest found = hash_of(file_.file(), file_.file().size() - kChecksumSize);
    if (found != expected) {
        throw Error("the checkpoint " + path() + " is damaged: its SHA-256 is " + hex(found) + ", expected " +
                    hex(expected) + "; use another one");
    }
}

std::string checkpoint_path(const std::string& directory, Index iteration) {
    return (fs::path(directory) / file_name(iteration)).string();
}

std::vector<CheckpointEntry> list_checkpoints(const std::string& directory) {
    std::vector<CheckpointEntry> found;
    std::error_code ignored;
    for (fs::directory_iterator entry(directory, ignored); entry != fs::directory_iterator();
         entry.increment(ignored)) {
        const std::optional<Index> iteration = iteration_of(entry->path().filename().string());
        if (iteration && entry->is_regular_file(ignored))
            found.push_back({*iteration, entry->path().string()});
    }
    std::sort(found.begin(), found.end(),
              [](const CheckpointEntry& a, const CheckpointEntry& b) { return a.iteration > b.iteration; });
    return found;
}

void remove_checkpoint(const CheckpointEntry& entry, FileSystem& file_system) {
    if (file_system.unlink(entry.path) != 0 && errno != ENOENT) {
        const std::string reason = std::generic_category().message(errno);
        throw Error("cannot remove the old checkpoint " + entry.path + ": " + reason);
    }
}

void keep_newest(const std::string& directory, std::size_t count, FileSystem& file_system) {
    const std::vector<CheckpointEntry> found = list_checkpoints(directory);
    for (std::size_t i = count; i < found.size(); ++i) remove_checkpoint(found[i], file_system);
}

}  // namespace sae
