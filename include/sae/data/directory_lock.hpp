#pragma once
#include <functional>
#include <string>

namespace sae {

/// The exclusive right of this process to write into a directory, for as long as the object lives; it ends
/// with the process, however that ends. It keeps out other processes on the same machine, and on other
/// machines if the file system supports flock between them.
class DirectoryLock {
  public:
    /// Waits at most `patience` seconds for another holder, because ranks run for a while after their
    /// launcher was killed; calls `waiting` once if it has to wait. Throws Error if the other holder keeps
    /// the lock. Does nothing on a file system without locks.
    DirectoryLock(const std::string& directory, double patience, const std::function<void()>& waiting);
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

  private:
    int file_ = -1;
};

}  // namespace sae
