#include "sae/app/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

}  // namespace

int terminal_columns(int descriptor) {
    if (isatty(descriptor) == 0) return 0;
    const int columns = columns_of(descriptor);
    return columns > 0 ? columns : launcher_columns(descriptor);
}

}  // namespace sae
