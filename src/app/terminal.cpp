#include "sae/app/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "sae/mpi/launch.hpp"

namespace sae {
namespace {

int columns_of(int descriptor) {
    winsize size{};
    return isatty(descriptor) != 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

pid_t parent_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    // The name of the program, in parentheses, may contain anything.
    std::istringstream rest(line.substr(std::min(line.rfind(')') + 1, line.size())));
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
}

/// The columns of mpirun, the parent of its ranks, or of MPICH's mpiexec, which has a proxy in between.
int launcher_columns(int descriptor) {
    pid_t launcher = getppid();
    for (int generation = 0; generation < 2 && launcher > 1; ++generation, launcher = parent_of(launcher)) {
        const std::string path = "/proc/" + std::to_string(launcher) + "/fd/" + std::to_string(descriptor);
        const int opened = open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (opened < 0) continue;
        const int columns = columns_of(opened);
        close(opened);
        if (columns > 0) return columns;
    }
    return 0;
}

/// Whether a launcher passes on what is written there: it gives its ranks a pipe for the standard error, and
/// Open MPI's a terminal for the standard output.
bool through_launcher(int descriptor) {
    if (!mpi::find_launch().by_mpirun()) return false;
    struct stat status {};
    return isatty(descriptor) != 0 || (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode));
}

}  // namespace

int terminal_columns(int descriptor) {
    const char* kind = std::getenv("TERM");
    if (kind == nullptr || *kind == '\0' || std::string_view(kind) == "dumb") return 0;
    const int columns = columns_of(descriptor);
    if (columns > 0) return columns;
    return through_launcher(descriptor) ? launcher_columns(descriptor) : 0;
}

}  // namespace sae
