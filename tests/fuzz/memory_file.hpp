#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>

namespace sae::fuzz {

/// A regular file in memory that can be opened by its path while this lives.
class MemoryFile {
  public:
    explicit MemoryFile(std::span<const std::uint8_t> bytes) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        if (file_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
        if (::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
            ::close(file_);
            throw std::system_error(errno, std::generic_category(), "write to a memory file");
        }
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(file_); }

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

  private:
    int file_;
};

}  // namespace sae::fuzz
