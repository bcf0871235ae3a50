#include "sae/data/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "sae/core/error.hpp"

namespace sae {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer. Without O_NOCTTY, a terminal could
    // become the controlling terminal, whose Ctrl-C ends the program.
    do file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (file_ < 0 && errno == EINTR);
    if (file_ < 0) throw Error("cannot read " + path_ + ": " + reason(errno));
    struct stat status {};
    std::string problem;
    if (::fstat(file_, &status) != 0) {
        problem = reason(errno);
    } else if (S_ISDIR(status.st_mode)) {
        problem = "it is a directory, expected a file";
    } else if (!S_ISREG(status.st_mode)) {
        problem = "it is not a regular file";
    }
    if (!problem.empty()) {
        ::close(file_);
        throw Error("cannot read " + path_ + ": " + problem);
    }
    size_ = status.st_size;
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_) {}

InputFile::~InputFile() {
    if (file_ >= 0) ::close(file_);
}

void InputFile::read_at(Index offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t count = ::pread(file_, bytes.data(), bytes.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw Error("cannot read " + path_ + ": " + reason(errno) + " (at byte " +
                        std::to_string(offset) + ")");
        }
        if (count == 0) {
            throw Error("cannot read " + path_ + ": it ends at byte " + std::to_string(offset) +
                        ", expected " + std::to_string(bytes.size()) + " more; was it changed meanwhile?");
        }
        offset += count;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

std::string read_whole(const std::string& path) {
    const InputFile file(path);
    std::string text(static_cast<std::size_t>(file.size()), '\0');
    file.read_at(0, std::as_writable_bytes(std::span(text)));
    return text;
}

}  // namespace sae
