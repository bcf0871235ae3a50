#include "sae/app/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sae/core/error.hpp"

namespace sae {

void fill_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
        // open() gives the lowest free number, which is this one.
        ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

DescriptorBuffer::~DescriptorBuffer() {
    DescriptorBuffer::sync();
}

DescriptorBuffer::int_type DescriptorBuffer::overflow(int_type c) {
    const char character = traits_type::to_char_type(c);
    return xsputn(&character, 1) == 1 ? c : traits_type::eof();
}

std::streamsize DescriptorBuffer::xsputn(const char* text, std::streamsize length) {
    constexpr std::size_t enough = 1 << 16;
    waiting_.append(text, static_cast<std::size_t>(length));
    return waiting_.size() < enough || sync() == 0 ? length : 0;
}

int DescriptorBuffer::sync() {
    std::size_t done = 0;
    while (error_ == 0 && done < waiting_.size()) {
        const ssize_t written = ::write(descriptor_, waiting_.data() + done, waiting_.size() - done);
        if (written > 0)
            done += static_cast<std::size_t>(written);
        else if (written == 0 || errno != EINTR)
            error_ = written == 0 ? EIO : errno;
    }
    waiting_.clear();
    if (error_ == 0) return 0;
    errno = error_;
    return -1;
}

void check_written(std::ostream& out) {
    out.flush();
    if (out.good()) return;
    // A stream that has failed does not flush again, and only a flush gives the reason.
    out.clear();
    errno = 0;
    out.flush();
    const int error = errno;
    throw Error("cannot write to the standard output" +
                (error == 0 ? std::string() : ": " + std::generic_category().message(error)) +
                "; send it to a file or a terminal that takes it and run the command again");
}

}  // namespace sae
