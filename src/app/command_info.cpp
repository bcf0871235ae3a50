#include "command_bodies.hpp"
#include "file_facts.hpp"
#include "sae/core/error.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {

int info(const mpi::Communicator& world, const InfoOptions& options, std::ostream& out) {
    mpi::agreed(world, [&] {
        if (!world.is_root()) return;
        const FileFacts found = read_file_facts(options.file);
        // ASCII alone: a file's texts may be of any bytes, and a terminal obeys some of them.
        out << (options.json
                    ? found.facts.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n'
                    : facts_text(found.facts))
            << std::flush;
        if (!found.damage.empty()) throw Error(found.damage);
    });
    return 0;
}

}  // namespace sae
