#include <nlohmann/json.hpp>

#include "command_bodies.hpp"
#include "sae/core/error.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/data/safetensors.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

/// The content of a file.
struct FileFacts {
    /// file, kind ("model" or "checkpoint"), bytes, network, parameters, hyperparameters, iteration, cost,
    /// parameters_sha256, checksum ("right", "damaged" or, in a model, "none"), tensors and metadata; entries
    /// that the file does not have are left out.
    Json facts;
    /// A defect of a file that could be read anyway; empty if there is none.
    std::string damage;
};

template <class T>
void tell(Json& facts, const char* name, const std::optional<T>& value) {
    if (value) facts[name] = *value;
}

Json network_of(const Shape& shape) {
    return {{"inputs", shape.inputs}, {"hidden", shape.hidden}, {"outputs", shape.outputs}};
}

/// Those of lambda, rho and beta that the metadata have.
Json hyperparameters_of(const Metadata& metadata, const std::string& path) {
    Json found = Json::object();
    for (const char* name : {"lambda", "rho", "beta"})
        tell(found, name, find_number<double>(metadata, name, path));
    return found;
}

Json tensors_of(const SafetensorsReader& file) {
    Json tensors = Json::array();
    for (const TensorInfo& tensor : file.tensors())
        tensors.push_back({{"name", tensor.name}, {"dtype", name_of(tensor.dtype)}, {"shape", tensor.shape}});
    return tensors;
}

Json begin_facts(const SafetensorsReader& file, const char* kind) {
    return {{"file", file.path()}, {"kind", kind}, {"bytes", file.file().size()}};
}

/// The network of a checkpoint's theta.
Shape checkpoint_shape(const CheckpointReader& file) {
    const auto pixels = find_number<Index>(file.metadata(), "pixels", file.path());
    const auto hidden = find_number<Index>(file.metadata(), "hidden", file.path());
    const std::vector<Index>& extents = file.tensors().tensor("theta").shape;
    // Sizes larger than theta itself would overflow in the product.
    const bool fits = extents.size() == 1 && pixels && hidden && *pixels >= 1 && *hidden >= 1 &&
                      *pixels <= extents[0] && *hidden <= extents[0] / *pixels &&
                      autoencoder(*pixels, *hidden).size() == extents[0];
    if (!fits)
        throw Error("cannot read " + file.path() +
                    ": its metadata must have the pixels and hidden units that its theta, of the shape " +
                    to_text(extents) + ", is made of");
    return autoencoder(*pixels, *hidden);
}

void tell_checkpoint(const CheckpointReader& file, Json& facts) {
    const Shape shape = checkpoint_shape(file);
    facts["network"] = network_of(shape);
    facts["parameters"] = shape.size();
    facts["hyperparameters"] = hyperparameters_of(file.metadata(), file.path());
    tell(facts, "iteration", find_number<Index>(file.metadata(), "iteration", file.path()));
    tell(facts, "evaluations", find_number<Index>(file.metadata(), "evaluations", file.path()));
    tell(facts, "cost", find_number<double>(file.metadata(), "cost", file.path()));
    std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    file.tensors().read(file.tensors().tensor("theta"), theta);
    facts["parameters_sha256"] = parameters_sha256(shape, theta);
}

FileFacts checkpoint_facts(const std::string& path) {
    const CheckpointReader file(path);
    FileFacts found{begin_facts(file.tensors(), "checkpoint"), {}};
    try {
        file.verify();
    } catch (const Error& error) {
        found.damage = error.what();
    }
    try {
        tell_checkpoint(file, found.facts);
    } catch (const Error&) {
        if (found.damage.empty()) throw;
    }
    found.facts["checksum"] = found.damage.empty() ? "right" : "damaged";
    found.facts["tensors"] = tensors_of(file.tensors());
    found.facts["metadata"] = file.metadata();
    return found;
}

FileFacts model_facts(const SafetensorsReader& file) {
    const Model model = read_model(file.path());
    Json facts = begin_facts(file, "model");
    facts["network"] = network_of(model.shape);
    facts["parameters"] = model.shape.size();
    facts["hyperparameters"] = hyperparameters_of(model.metadata, file.path());
    tell(facts, "iteration", find_number<Index>(model.metadata, "iterations", file.path()));
    facts["parameters_sha256"] = parameters_sha256(model.shape, model.theta);
    facts["checksum"] = "none";
    facts["tensors"] = tensors_of(file);
    facts["metadata"] = model.metadata;
    return {std::move(facts), {}};
}

std::string value_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Reads a model or a checkpoint. If the checksum of a checkpoint is wrong, the facts may be wrong too.
FileFacts read_file_facts(const std::string& path) {
    const SafetensorsReader file(path);
    return file.find("theta") != nullptr ? checkpoint_facts(path) : model_facts(file);
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
    mpi::agreed(world, [&] {
        if (!world.is_root()) return;
        const FileFacts found = read_file_facts(options.file);
        // ASCII only: a file's texts may contain any bytes, and a terminal executes some of them.
        out << (options.json
                    ? found.facts.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + '\n'
                    : facts_text(found.facts))
            << std::flush;
        if (!found.damage.empty()) throw Error(found.damage);
    });
    return 0;
}

}  // namespace sae
