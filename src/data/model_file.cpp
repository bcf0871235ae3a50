#include "sae/data/model_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "sae/core/error.hpp"
#include "sae/core/physical_memory.hpp"
#include "sae/data/safetensors.hpp"

namespace sae {
namespace {

/// One of the four arrays in theta.
struct Part {
    const char* name;
    Index offset;
    std::vector<Index> shape;

    [[nodiscard]] Index size() const { return shape.size() == 2 ? shape[0] * shape[1] : shape[0]; }
};

std::array<Part, 4> parts_of(const Shape& shape) {
    return {Part{"W1", shape.w1(), {shape.hidden, shape.inputs}},
            Part{"W2", shape.w2(), {shape.outputs, shape.hidden}}, Part{"b1", shape.b1(), {shape.hidden}},
            Part{"b2", shape.b2(), {shape.outputs}}};
}

std::span<const double> slice(std::span<const double> theta, const Part& part) {
    return theta.subspan(static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.size()));
}

void check_size(const Shape& shape, std::span<const double> theta) {
    if (static_cast<Index>(theta.size()) != shape.size())
        throw std::logic_error("theta does not fit its shape");
}

/// Throws an Error that begins with `task` if a number of the part is NaN or infinite.
void check_finite(const Part& part, std::span<const double> values, const std::string& task) {
    const auto found = std::find_if(values.begin(), values.end(), [](double x) { return !std::isfinite(x); });
    if (found == values.end()) return;
    const Index index = found - values.begin();
    const std::string place = part.shape.size() == 2 ? std::to_string(index / part.shape[1]) + ", " +
                                                           std::to_string(index % part.shape[1])
                                                     : std::to_string(index);
    throw Error(task + ": " + part.name + "[" + place + "] is " + shortest_decimal(*found) +
                ", expected a finite number");
}

/// The shape of the network by W1 and W2. Throws Error if they do not agree or the machine has too little
/// memory: a sparse file can have any size.
Shape read_shape(const SafetensorsReader& file) {
    const std::vector<Index>& w1 = file.tensor("W1").shape;
    const std::vector<Index>& w2 = file.tensor("W2").shape;
    const std::string problem = "cannot read " + file.path() + ": ";
    for (const auto& [name, extents] : {std::pair("W1", &w1), std::pair("W2", &w2)}) {
        if (extents->size() != 2 || (*extents)[0] < 1 || (*extents)[1] < 1) {
            throw Error(problem + "tensor " + quoted(name) + " has the shape " + to_text(*extents) +
                        ", expected a matrix that is not empty");
        }
    }
    if (w1[0] != w2[1]) {
        throw Error(problem + "W1 has the shape " + to_text(w1) + " and W2 " + to_text(w2) +
                    ", expected W1 [hidden, inputs] and W2 [outputs, hidden] with one hidden");
    }
    const Index weights = file.tensor("W1").size() + file.tensor("W2").size();
    if (weights > physical_memory() / static_cast<Index>(sizeof(double))) {
        throw Error(problem + "W1 has the shape " + to_text(w1) + " and W2 " + to_text(w2) +
                    ", more numbers than this machine has memory for");
    }
    return {w1[1], w1[0], w2[0]};
}

double checked(const Metadata& metadata, const std::string& key, double fallback, const std::string& path,
               bool (*valid)(double), const char* range) {
    const double value = find_number<double>(metadata, key, path).value_or(fallback);
    if (!valid(value)) {
        throw Error("cannot read " + path + ": its metadata has " + key + " = " + shortest_decimal(value) +
                    ", expected " + range);
    }
    return value;
}

}  // namespace

void write_model(const std::string& path, const Shape& shape, std::span<const double> theta,
                 const Metadata& metadata, FileSystem& file_system) {
    check_size(shape, theta);
    const std::array<Part, 4> parts = parts_of(shape);
    std::vector<TensorSpec> tensors;
    for (const Part& part : parts) {
        check_finite(part, slice(theta, part), "cannot write " + path);
        tensors.push_back({part.name, Dtype::f64, part.shape});
    }
    SafetensorsWriter file(path, tensors, metadata, file_system);
    for (const Part& part : parts) file.append(slice(theta, part));
    file.commit();
}

Model read_model(const std::string& path) {
    const SafetensorsReader file(path);
    Model model;
    model.shape = read_shape(file);
    model.metadata = file.metadata();
    const std::array<Part, 4> parts = parts_of(model.shape);
    for (const Part& part : parts) {
        const TensorInfo& tensor = file.tensor(part.name, part.shape);
        if (tensor.dtype != Dtype::f64 && tensor.dtype != Dtype::f32) {
            throw Error("cannot read " + path + ": tensor " + quoted(part.name) + " holds " +
                        name_of(tensor.dtype) + ", expected F64 or F32");
        }
    }
    model.theta.resize(static_cast<std::size_t>(model.shape.size()));
    for (const Part& part : parts) {
        const std::span<double> values =
            std::span(model.theta)
                .subspan(static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.size()));
        file.read(file.tensor(part.name), values);
        check_finite(part, values, "cannot read " + path);
    }
    return model;
}

std::string parameters_sha256(const Shape& shape, std::span<const double> theta) {
    check_size(shape, theta);
    return hex(sha256(std::as_bytes(theta)));
}

void put_hyperparameters(Metadata& metadata, const Hyperparameters& hyperparameters) {
    put_number(metadata, "lambda", hyperparameters.lambda);
    put_number(metadata, "rho", hyperparameters.rho);
    put_number(metadata, "beta", hyperparameters.beta);
}

Hyperparameters find_hyperparameters(const Metadata& metadata, const Hyperparameters& defaults,
                                     const std::string& path) {
    const auto not_negative = [](double x) { return std::isfinite(x) && x >= 0; };
    const auto fraction = [](double x) { return x > 0 && x < 1; };
    return {checked(metadata, "lambda", defaults.lambda, path, not_negative, "a number from 0 on"),
            checked(metadata, "rho", defaults.rho, path, fraction, "a number between 0 and 1"),
            checked(metadata, "beta", defaults.beta, path, not_negative, "a number from 0 on")};
}

}  // namespace sae
