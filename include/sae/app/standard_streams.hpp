#pragma once
#include <ostream>
#include <streambuf>
#include <string>

namespace sae {

/// Fills the descriptors 0, 1 and 2 where they are closed. Otherwise the next opened file would get such a
/// number, and printed text would be written into that file. Reads and writes through a filled descriptor
/// fail, as they would if it were closed. Call this before anything is opened.
void fill_standard_descriptors();

/// The buffer of a stream that writes to a descriptor. Unlike that of std::cout it keeps the reason of the
/// first write that fails: each later flush fails with it in errno.
class DescriptorBuffer final : public std::streambuf {
  public:
    explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {}
    DescriptorBuffer(const DescriptorBuffer&) = delete;
    DescriptorBuffer& operator=(const DescriptorBuffer&) = delete;
    /// Writes what is left, and ignores a failure.
    ~DescriptorBuffer() override;

  protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize length) override;
    int sync() override;

  private:
    int descriptor_;
    std::string waiting_;
    int error_ = 0;  ///< errno of the first write that failed
};

/// Flushes `out`. Throws Error if anything that was written to it was lost.
void check_written(std::ostream& out);

}  // namespace sae
