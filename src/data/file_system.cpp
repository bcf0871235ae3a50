#include "sae/data/file_system.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace sae {
namespace {

class PosixFileSystem final : public FileSystem {
  public:
    int create(const std::string& path) override {
        const auto create_new = [&] {
            return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        };
        const int file = create_new();
        if (file >= 0 || errno != EEXIST) return file;
        return ::unlink(path.c_str()) == 0 ? create_new() : -1;
    }
    ssize_t write(int file, std::span<const std::byte> bytes) override {
        return ::write(file, bytes.data(), bytes.size());
    }
    void start_sync(int file, off_t first) override {
        constexpr off_t to_the_end = 0;
        ::sync_file_range(file, first, to_the_end, SYNC_FILE_RANGE_WRITE);
    }
    int sync(int file) override { return ::fsync(file); }
    int close(int file) override { return ::close(file); }
    int rename(const std::string& from, const std::string& to) override {
        return std::rename(from.c_str(), to.c_str());
    }
    int unlink(const std::string& path) override { return ::unlink(path.c_str()); }
    int sync_directory(const std::string& path) override {
        const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) return -1;
        const int status = ::fsync(directory);
        const int error = errno;
        ::close(directory);
        if (status == 0 || error == EINVAL || error == ENOTSUP) return 0;
        errno = error;
        return -1;
    }
};

}  // namespace

FileSystem& posix_file_system() {
    static PosixFileSystem file_system;
    return file_system;
}

}  // namespace sae
