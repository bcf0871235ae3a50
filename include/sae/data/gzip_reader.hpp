#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "sae/core/shape.hpp"
#include "sae/data/input_file.hpp"

struct z_stream_s;

namespace sae {

/// The contents of a gzip file (RFC 1952), inflated from the first byte on in constant memory. The contents
/// of a file of several members follow each other. Zeros may follow the last member, because tapes and some
/// servers pad files to whole blocks; anything else after a member is an error.
class GzipReader {
  public:
    /// No byte of a file inflates to more bytes than this: deflate's longest match, 258 bytes, takes two
    /// bits.
    static constexpr Index max_expansion = 1032;

    /// Reads from `file`, which must outlive this.
    explicit GzipReader(const InputFile& file);
    GzipReader(const GzipReader&) = delete;
    GzipReader& operator=(const GzipReader&) = delete;
    ~GzipReader();

    /// Fills `bytes` with the next bytes and returns their number, which is smaller only at the end of the
    /// contents. By then the checksum and length of every member have been checked. Throws Error if the file
    /// is truncated or corrupt.
    [[nodiscard]] std::size_t read(std::span<std::byte> bytes);

    /// Whether the file starts with the two magic bytes of gzip, whatever its name.
    [[nodiscard]] static bool recognises(const InputFile& file);

  private:
    void refill();
    /// Begins the next member, if there is one; false at the end of the file.
    bool next_member();
    void skip_zeros();
    [[noreturn]] void fail(int status) const;

    const InputFile& file_;
    std::unique_ptr<z_stream_s> stream_;
    std::vector<std::byte> input_;
    Index offset_ = 0;
    bool finished_ = false;
};

}  // namespace sae
