#pragma once
#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>

namespace sae {

/// The system calls that save a file, as an interface, so that a test can let any of them fail. Each has the
/// contract of its POSIX namesake: -1 and errno on failure.
class FileSystem {
  public:
    virtual ~FileSystem() = default;

    /// Creates a file and opens it for writing; returns its descriptor. Anything that has this name already,
    /// also a link or a pipe, is removed first: another process may still have it open.
    virtual int create(const std::string& path) = 0;
    /// Writes at most bytes.size() bytes and returns how many it wrote.
    virtual ssize_t write(int file, std::span<const std::byte> bytes) = 0;
    /// Begins to send the bytes from `first` on to the disk and returns. It is a hint, which cannot fail.
    virtual void start_sync(int /*file*/, off_t /*first*/) {}
    /// fsync: the file's bytes are on the disk when it returns 0.
    virtual int sync(int file) = 0;
    virtual int close(int file) = 0;
    virtual int rename(const std::string& from, const std::string& to) = 0;
    virtual int unlink(const std::string& path) = 0;
    /// fsync of a directory, which makes a rename in it permanent. Not a failure on a file system that cannot
    /// do it.
    virtual int sync_directory(const std::string& path) = 0;
};

/// The operating system's calls. It has no state, so all may share it.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace sae
