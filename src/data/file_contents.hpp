#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"
#include "sae/data/gzip_reader.hpp"
#include "sae/data/input_file.hpp"

namespace sae {

/// The contents of a file by position: the bytes of a raw file, or what a gzip file inflates to. Every Error
/// names the file.
class FileContents {
  public:
    /// Opens the file as InputFile does.
    explicit FileContents(const std::string& path);

    [[nodiscard]] const std::string& path() const { return file_.path(); }
    [[nodiscard]] bool compressed() const { return gzip_ != nullptr; }

    /// The first `size` bytes, or all if there are fewer. Valid until the next call.
    [[nodiscard]] std::string_view first(Index size);

    /// Sets the expected length of the contents and how it is made up ("a header of 16 and 2 x 3 x 5").
    /// Throws Error if a raw file has another size, or if a gzip file is too small to inflate to that much.
    void expect_size(Index size, const std::string& reason);

    /// Fills `bytes` from byte `offset` on. Throws Error if the contents are too short. In a gzip file, it
    /// also inflates the bytes between the last read and this one; going back starts again from the first
    /// byte; a read that ends at the expected length also checks that the contents end there.
    void read_at(Index offset, std::span<std::byte> bytes);

    /// Throws Error("cannot read PATH: " + problem).
    [[noreturn]] void fail(const std::string& problem) const;

  private:
    void skip_to(Index position);
    void inflate(std::span<std::byte> bytes);
    void expect_end();

    InputFile file_;
    std::unique_ptr<GzipReader> gzip_;  // null if the file is raw
    std::string first_;
    Index position_ = 0;  // in the inflated contents
    Index size_ = 0;
    std::string expected_;  // the size in words
};

}  // namespace sae
