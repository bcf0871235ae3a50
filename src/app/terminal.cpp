#include "sae/app/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sae {
namespace {

int columns_of(int descriptor) {
    winsize size{};
    return isatty(descriptor) != 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int launcher_columns(int descriptor) {
    const std::string path = "/proc/" + std::to_string(getppid()) + "/fd/" + std::to_string(descriptor);
    const int opened = open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) return 0;
    const int columns = columns_of(opened);
    close(opened);
    return columns;
}

/// Whether what is written there goes through Open MPI's launcher: it gives its ranks a pipe for the standard
/// error, and a terminal for the standard output.
bool through_launcher(int descriptor) {
    if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return false;
    struct stat status {};
    return isatty(descriptor) != 0 || (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode));
}

}  // namespace

int terminal_columns(int descriptor) {
    const int columns = columns_of(descriptor);
    if (columns > 0) return columns;
    return through_launcher(descriptor) ? launcher_columns(descriptor) : 0;
}

}  // namespace sae
