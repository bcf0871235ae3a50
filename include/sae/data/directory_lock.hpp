#pragma once
#include <functional>
#include <string>

namespace sae {

/// The exclusive right of this process to write into a directory, for as long as the object lives; it ends
/// with the process, however that ends. Other holders of this class are kept out, on the same machine, and on
/// other machines if the file system supports flock between them.
class DirectoryLock {
  public:
    /// Waits at most `patience` seconds for another holder, for the ranks of a launcher that was killed live
    /// on for a while; `waiting` is called once if there is a wait. Throws Error if the other does not end.
    /// Where the file system has no locks there is none.
    DirectoryLock(const std::string& directory, double patience, const std::function<void()>& waiting);
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

  private:
    int file_ = -1;
};

}  // namespace sae
