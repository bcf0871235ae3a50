#include "sae/cli/standard_streams.hpp"

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

void write_output(std::string_view text, int descriptor) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0)
            throw Error("cannot write to the standard output: " +
                        std::generic_category().message(written < 0 ? errno : EIO) +
                        "; send it to a file or a terminal that takes it and run the command again");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace sae
