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
    std::string name;
    std::string summary;  ///< the first sentence of its options' summary, without the full stop
    /// Collective over the communicator: takes the arguments after the command's name, and returns the exit
    /// status, the same on all ranks. Rank 0 alone writes to the stream.
    std::function<int(const mpi::Communicator&, std::span<const std::string>, std::ostream&)> run;
    /// Calls `use` with the table of the command's options, which have their defaults.
    std::function<void(const std::function<void(const OptionTable&)>& use)> visit_options;

    /// The contents of the command's help.
    [[nodiscard]] CommandDescription description() const {
        CommandDescription described;
        visit_options([&](const OptionTable& table) { described = table.description(); });
        return described;
    }
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
    const auto visit = [](const std::function<void(const OptionTable&)>& use) {
        Options options;
        use(table_of(options));
    };
    const std::string summary = Options::summary;
    return {Options::command, summary.substr(0, summary.find(". ")), std::move(run), visit};
}

}  // namespace sae
