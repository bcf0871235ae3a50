#include "sae/data/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "sae/core/error.hpp"

namespace sae {

DirectoryLock::DirectoryLock(const std::string& directory, double patience,
                             const std::function<void()>& waiting) {
    using Clock = std::chrono::steady_clock;
    file_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file_ < 0) return;
    const auto begin = Clock::now();
    bool announced = false;
    while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        // A file system without locks (NFS has none for directories) is not an error.
        if (errno != EWOULDBLOCK) return;
        if (!std::exchange(announced, true)) waiting();
        if (Clock::now() - begin > std::chrono::duration<double>(patience)) {
            ::close(std::exchange(file_, -1));
            throw Error("another run is writing to " + directory +
                        ": wait until it has ended, or name another directory");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

DirectoryLock::~DirectoryLock() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace sae
