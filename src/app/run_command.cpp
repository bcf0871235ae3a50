#include "sae/app/run_command.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "sae/app/version.hpp"
#include "sae/cli/near_miss.hpp"
#include "sae/cli/number_text.hpp"
#include "sae/core/error.hpp"
#include "sae/core/floating_point_check.hpp"
#include "sae/core/kernel_check.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/mpi/environment.hpp"

namespace sae {
namespace {

std::string overview(std::span<const Command> known) {
    std::size_t width = 0;
    for (const Command& command : known) width = std::max(width, command.name().size());
    std::string text =
        "Usage: sae-mpi COMMAND [OPTION]...\n\n"
        "Trains sparse autoencoders on images by full-batch L-BFGS, on one processor\n"
        "core or, with mpirun or srun, on many: the result is the same, byte for byte.\n\nCommands:\n";
    for (const Command& command : known) {
        text += "  " + command.name() + std::string(width - command.name().size() + 2, ' ') +
                command.description.headline() + '\n';
    }
    return text +
           "\nOther:\n  sae-mpi COMMAND --help   the command's options, their defaults, and examples\n"
           "  sae-mpi --version        versions and the instruction set in use\n"
           "\nExamples:\n  mpirun -n 2 sae-mpi train\n  sae-mpi check-gradient\n";
}

std::string kernels_in_use() {
    try {
        return describe(check_kernels(best_kernels()));
    } catch (const Error& error) {
        return error.what();
    }
}

const Command& find(std::span<const Command> known, const std::string& name) {
    const auto found = std::ranges::find(known, name, &Command::name);
    if (found != known.end()) return *found;
    std::vector<std::string> names;
    for (const Command& command : known) names.push_back(command.name());
    const std::string near = near_miss(name, names);
    throw UsageError("unknown command " + excerpt(name) +
                     (near.empty() ? "; sae-mpi --help lists the commands" : "; did you mean " + near + '?'));
}

/// run_command() that writes to a stream.
int answer(const mpi::Communicator& world, std::span<const Command> known,
           std::span<const std::string> arguments, std::ostream& out) {
    const std::string first = arguments.empty() ? std::string() : arguments.front();
    std::string of_root = first;
    world.broadcast_text(of_root);
    mpi::agreed(world, [&] {
        if (first != of_root)
            throw UsageError("the command is " + excerpt(first) + " here and " + excerpt(of_root) +
                             " on rank 0; give all ranks the same");
    });
    if (first == "--help" || first == "-h" || first == "help") {
        if (world.is_root()) out << overview(known);
        return 0;
    }
    if (first == "--version") {
        if (world.is_root()) out << version_text(mpi::library_version(), kernels_in_use());
        return 0;
    }
    const Command& command = mpi::agreed(world, [&] {
        if (arguments.empty()) throw UsageError("a command is missing; sae-mpi --help lists the commands");
        const Command& found = find(known, arguments.front());
        check_floating_point();
        return std::cref(found);
    });
    return command.run(world, arguments.subspan(1), out);
}

}  // namespace

int run_command(const mpi::Communicator& world, std::span<const Command> known,
                std::span<const std::string> arguments, const Print& print) {
    std::ostringstream out;
    const auto print_all = [&] { mpi::agreed_on_root(world, [&] { print(out.str()); }); };
    int status = 0;
    try {
        status = answer(world, known, arguments, out);
    } catch (const mpi::AgreedError&) {
        print_all();
        throw;
    }
    print_all();
    return status;
}

}  // namespace sae
