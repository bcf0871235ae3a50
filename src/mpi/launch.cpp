#include "sae/mpi/launch.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "sae/core/error.hpp"

namespace sae::mpi {
namespace {

std::optional<int> number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    const std::string_view digits = text;
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<Launch> launch_by(Launch::By by, const char* rank_variable, const char* ranks_variable) {
    const std::optional<int> rank = number_in(rank_variable);
    const std::optional<int> ranks = number_in(ranks_variable);
    if (!rank || !ranks) return std::nullopt;
    return Launch{by, *rank, *ranks};
}

std::string name_of_process(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

/// Whether this process adopts orphans. In a container the launcher itself may be process 1.
bool adopts_orphans(pid_t parent) {
    const std::string name = name_of_process(parent);
    constexpr std::array<std::string_view, 5> launchers = {"mpi", "orte", "prte", "prun", "hydra"};
    const auto begins_name = [&](std::string_view word) { return name.starts_with(word); };
    return (parent == 1 && std::ranges::none_of(launchers, begins_name)) || name == "systemd";
}

}  // namespace

Launch find_launch() {
    // The launcher next to the process comes first: daemons of mpirun may themselves be tasks of srun.
    if (const auto launch = launch_by(Launch::By::open_mpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"))
        return *launch;
    const bool by_hydra = number_in("MPI_LOCALRANKID").has_value();
    if (const auto launch =
            launch_by(by_hydra ? Launch::By::hydra : Launch::By::slurm, "PMI_RANK", "PMI_SIZE"))
        return *launch;
    // The shell of a batch job has SLURM_NTASKS and SLURM_PROCID, but is not a job step.
    if (std::getenv("SLURM_STEP_ID") != nullptr) {
        if (const auto launch = launch_by(Launch::By::slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"))
            return *launch;
    }
    return {};
}

void end_with_launcher() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // If the launcher ended before this call, no signal will come.
    const pid_t parent = ::getppid();
    if (adopts_orphans(parent)) {
        throw Error("the launcher that started this rank has ended (the parent is now process " +
                    std::to_string(parent) + ", " + name_of_process(parent) + "): start the run again");
    }
}

}  // namespace sae::mpi
