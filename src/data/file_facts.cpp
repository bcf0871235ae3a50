#include "sae/data/file_facts.hpp"

#include "sae/core/error.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/data/safetensors.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
void add(Json& facts, const char* name, const std::optional<T>& value) {
    if (value) facts[name] = *value;
}

/// The network, and those of lambda, rho and beta that the metadata have.
void add_network(Json& facts, const Shape& shape, const Metadata& metadata, const std::string& path) {
    facts["network"] = {{"inputs", shape.inputs}, {"hidden", shape.hidden}, {"outputs", shape.outputs}};
    facts["parameters"] = shape.size();
    facts["hyperparameters"] = Json::object();
    for (const char* name : {"lambda", "rho", "beta"})
        add(facts["hyperparameters"], name, find_number<double>(metadata, name, path));
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

void add_checkpoint(const CheckpointReader& file, Json& facts) {
    const Shape shape = checkpoint_shape(file);
    add_network(facts, shape, file.metadata(), file.path());
    add(facts, "iteration", find_number<Index>(file.metadata(), "iteration", file.path()));
    add(facts, "evaluations", find_number<Index>(file.metadata(), "evaluations", file.path()));
    add(facts, "cost", find_number<double>(file.metadata(), "cost", file.path()));
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
        add_checkpoint(file, found.facts);
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
    add_network(facts, model.shape, model.metadata, file.path());
    add(facts, "iteration", find_number<Index>(model.metadata, "iterations", file.path()));
    facts["parameters_sha256"] = parameters_sha256(model.shape, model.theta);
    facts["checksum"] = "none";
    facts["tensors"] = tensors_of(file);
    facts["metadata"] = model.metadata;
    return {std::move(facts), {}};
}

}  // namespace

FileFacts read_file_facts(const std::string& path) {
    const SafetensorsReader file(path);
    return file.find("theta") != nullptr ? checkpoint_facts(path) : model_facts(file);
}

}  // namespace sae
