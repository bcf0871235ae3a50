#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sae/data/gzip_reader.hpp"
#include "sae/data/input_file.hpp"

namespace sae {

/// An array of unsigned bytes in an IDX file, raw or gzip. Errors are those of open_idx().
class IdxFile {
  public:
    /// Opens the file, reads its header, which must have `dimensions` dimensions, and checks the size of the
    /// file against it: a gzip file must be able to hold what the header says.
    IdxFile(const std::string& path, std::size_t dimensions);

    [[nodiscard]] const std::string& path() const { return file_.path(); }
    [[nodiscard]] bool compressed() const { return gzip_ != nullptr; }
    /// The dimensions, each >= 1, the slowest first.
    [[nodiscard]] const std::vector<Index>& sizes() const { return sizes_; }
    /// Their product: the number of bytes in the array.
    [[nodiscard]] Index length() const { return length_; }

    /// Fills `bytes` with the array's bytes from `offset` on. Of a gzip file, the bytes between the last read
    /// and this one are inflated too; an offset before the last read starts from the first byte again; the
    /// read that ends the array expects the end of the file.
    void read(Index offset, std::span<std::byte> bytes);

  private:
    void read_header(std::size_t dimensions);
    void check_size();
    void inflate(std::span<std::byte> bytes);
    void skip_to(Index position);
    void expect_end();
    [[nodiscard]] Index header_size() const { return 4 + 4 * static_cast<Index>(sizes_.size()); }
    [[nodiscard]] std::string size_by_header() const;
    [[noreturn]] void fail(const std::string& problem) const;

    InputFile file_;
    std::unique_ptr<GzipReader> gzip_;  // null if the file is raw
    std::vector<Index> sizes_;
    Index length_ = 0;
    Index position_ = 0;  // in the inflated contents
};

}  // namespace sae
