#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "sae/core/shape.hpp"

namespace sae {

/// A regular file, open for reading by position. It has no cursor, so threads may share it.
class InputFile {
  public:
    /// Opens `path`. Throws Error if it is missing, may not be read or is not a regular file.
    explicit InputFile(std::string path);
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&&) = delete;
    ~InputFile();

    [[nodiscard]] const std::string& path() const { return path_; }
    /// The size in bytes when the file was opened.
    [[nodiscard]] Index size() const { return size_; }

    /// Fills `bytes` from byte `offset` on (pread). Throws Error if the file is too short or cannot be read.
    void read_at(Index offset, std::span<std::byte> bytes) const;

  private:
    std::string path_;
    int file_ = -1;
    Index size_ = 0;
};

/// All of a file, opened and read as InputFile does.
[[nodiscard]] std::string read_whole(const std::string& path);

}  // namespace sae
