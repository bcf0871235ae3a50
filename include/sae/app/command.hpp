#pragma once
#include <functional>
#include <ostream>
#include <span>
#include <string>

#include "sae/app/options.hpp"
#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// One command of the program.
struct Command {
    CommandDescription description;
    /// Collective over the communicator: takes the arguments after the command's name, and returns the exit
    /// status, the same on all ranks. Rank 0 alone writes to the stream.
    std::function<int(const mpi::Communicator&, std::span<const std::string>, std::ostream&)> run;
    /// Reads such arguments as run() does, and forgets them; false if they ask for help. Throws UsageError.
    std::function<bool(std::span<const std::string>)> reads;

    [[nodiscard]] const std::string& name() const { return description.command; }
};

/// Makes a command of its options and of what it does: int body(world, options, out). The options are read on
/// every rank; an option that is not the same on all ranks is an error. All errors are AgreedErrors.
template <class Options, class Body>
[[nodiscard]] Command make_command(Body body) {
    auto run = [body](const mpi::Communicator& world, std::span<const std::string> arguments,
                      std::ostream& out) {
        Options options;
        const OptionTable table = table_of(options);
        const bool help = !mpi::agreed(world, [&] { return table.parse(arguments); });
        if (world.all_reduce_max(help ? 1 : 0) == 1) {
            if (world.is_root()) out << table.help();
            return 0;
        }
        std::string of_root = table.values();
        world.broadcast_text(of_root);
        mpi::agreed(world, [&] {
            const std::string difference = table.difference(of_root);
            if (difference.empty()) return;
            throw UsageError(
                difference +
                " on rank 0; give all ranks the same options and, with --config, an INI file that "
                "is the same on all nodes");
        });
        return body(world, options, out);
    };
    const auto reads = [](std::span<const std::string> arguments) {
        Options options;
        return table_of(options).parse(arguments);
    };
    Options defaults;
    return {table_of(defaults).description(), std::move(run), reads};
}

}  // namespace sae
