#include "command_bodies.hpp"
#include "sae/core/error.hpp"
#include "sae/data/file_facts.hpp"
#include "sae/data/metadata.hpp"
#include "sae/data/safetensors.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

std::string value_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The facts for a person, one a line.
std::string facts_text(const Json& facts) {
    std::string text;
    for (const auto& [name, value] : facts.items()) {
        text += name + ':';
        if (name == "tensors") {
            for (const Json& tensor : value)
                text += "\n  " + quoted(tensor["name"]) + ": " + value_text(tensor["dtype"]) + ' ' +
                        to_text(tensor["shape"].get<std::vector<Index>>());
        } else if (value.is_object()) {
            for (const auto& [key, entry] : value.items())
                text += "\n  " + (name == "metadata" ? quoted(key) + ": " + quoted(entry)
                                                     : key + ": " + value_text(entry));
        } else {
            text += ' ' + value_text(value);
        }
        text += '\n';
    }
    return text;
}

}  // namespace

int info(const mpi::Communicator& world, const InfoOptions& options, std::ostream& out) {
    mpi::agreed_on_root(world, [&] {
        const FileFacts found = read_file_facts(options.file);
        // ASCII only: a file's texts may contain any bytes, and a terminal executes some of them.
        out << (options.json
                    ? found.facts.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n'
                    : facts_text(found.facts));
        if (!found.damage.empty()) throw Error(found.damage);
    });
    return 0;
}

}  // namespace sae
