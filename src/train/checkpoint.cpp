#include "sae/train/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include "sae/core/arithmetic.hpp"
#include "sae/core/error.hpp"

namespace sae {
namespace {

using Vector = DistributedSpace::Vector;

/// The tensors, in their order in the file.
constexpr char kState[] = "state";        // pack() of the optimiser's state
constexpr char kTheta[] = "theta";        // x
constexpr char kGradient[] = "gradient";  // at x
constexpr char kPairs[] = "pairs";        // [pairs, 2, theta]: s and y, oldest pair first

/// Entries for people, in addition to the identity of the run.
const std::set<std::string>& own_metadata() {
    static const std::set<std::string> names = {"format", "iteration", "evaluations", "cost", "arithmetic"};
    return names;
}

Metadata describe(const LbfgsState& state, const Metadata& identity) {
    Metadata metadata = identity;
    for (const std::string& name : own_metadata()) {
        if (identity.contains(name)) throw std::logic_error("a run's identity has the reserved name " + name);
    }
    put_number(metadata, "iteration", state.iterations);
    put_number(metadata, "evaluations", state.evaluations);
    put_number(metadata, "cost", state.current.cost);
    put_number(metadata, "arithmetic", arithmetic_version);
    return metadata;
}

Error another_run(const std::string& path, const std::string& differing) {
    return Error("cannot resume from " + path + ": it belongs to another run: " + differing +
                 "; resume with the checkpoint's data and settings, or start again in another directory");
}

/// Refuses a checkpoint of another version of the arithmetic.
void check_arithmetic(const std::string& path, const Metadata& metadata) {
    const Index there = find_number<Index>(metadata, "arithmetic", path).value_or(1);
    if (there == arithmetic_version) return;
    throw Error("cannot resume from " + path + ": it was computed by version " + std::to_string(there) +
                " of the arithmetic, this program computes by version " + std::to_string(arithmetic_version) +
                ", and the result would have the bits of neither; resume with a program of version " +
                std::to_string(there) + ", or start again in another directory");
}

/// An error message if the file is larger than any checkpoint of `run`; empty otherwise.
std::string too_large(const CheckpointReader& file, const RunDescription& run) {
    constexpr Index header_and_state = Index{32} << 20;
    const Index size = file.tensors().file().size();
    // Checkpoints with pairs in double, which can be read too, are twice as large.
    const Index most = 2 * checkpoint_bytes(run.history, run.shape) + header_and_state;
    if (size <= most) return {};
    return "the checkpoint " + file.path() + " is damaged: it has " + std::to_string(size) +
           " bytes, expected at most " + std::to_string(most) + "; use another one";
}

/// As floats; exact, because pairs are stored in floats.
std::vector<float> narrowed(std::span<const double> vector) {
    std::vector<float> narrow(vector.size());
    std::ranges::transform(vector, narrow.begin(), [](double value) { return static_cast<float>(value); });
    return narrow;
}

std::size_t theta_size(const Shape& shape) {
    return static_cast<std::size_t>(shape.size());
}

void append_pairs(CheckpointWriter& file, DistributedSpace& space) {
    std::vector<double> s(theta_size(space.shape())), y(s.size());
    for (int pair = 0; pair < space.pairs(); ++pair) {
        space.read_pair(pair, s, y);
        file.append(narrowed(s));
        file.append(narrowed(y));
    }
}

}  // namespace

Index checkpoint_bytes(int pairs, const Shape& shape) {
    constexpr auto of_double = static_cast<Index>(sizeof(double)),
                   of_pair = static_cast<Index>(sizeof(float));
    return (2 * of_double + 2 * pairs * of_pair) * shape.size();
}

void save_checkpoint(const std::string& path, const LbfgsState& state, DistributedSpace& space,
                     const Metadata& identity, FileSystem& file_system) {
    const std::vector<double> numbers = pack(state);
    const Index size = space.shape().size();
    CheckpointWriter file(path,
                          {{kState, Dtype::f64, {static_cast<Index>(numbers.size())}},
                           {kTheta, Dtype::f64, {size}},
                           {kGradient, Dtype::f64, {size}},
                           {kPairs, Dtype::f32, {space.pairs(), 2, size}}},
                          describe(state, identity), file_system);
    file.append(numbers);
    for (const Vector which : {Vector::x, Vector::gradient}) {
        std::vector<double> vector(theta_size(space.shape()));
        space.read(which, vector);
        file.append(vector);
    }
    append_pairs(file, space);
    file.commit();
}

Checkpoint::Checkpoint(const std::string& path) : file_(path) {
    file_.verify();
}

LbfgsState Checkpoint::state_for(const RunDescription& run) const {
    check_arithmetic(path(), file_.metadata());
    const std::string differing = differences(file_.metadata(), run.identity, own_metadata());
    if (!differing.empty()) throw another_run(path(), differing);
    LbfgsState state;
    try {
        state = read_state(run);
    } catch (const Error& error) {
        throw Error("cannot resume from " + path() + ": " + error.what());
    }
    if (state.iterations > run.max_iterations) {
        throw Error("cannot resume from " + path() + ": it has " + std::to_string(state.iterations) +
                    " iterations behind it, more than the " + std::to_string(run.max_iterations) +
                    " asked for; give at least as many");
    }
    return state;
}

LbfgsState Checkpoint::read_state(const RunDescription& run) const {
    const SafetensorsReader& tensors = file_.tensors();
    const TensorInfo& packed = tensors.tensor(kState);
    std::vector<double> vector(static_cast<std::size_t>(packed.size()));
    tensors.read(packed, vector);
    LbfgsState state = unpack(vector, run.history);

    const Index size = run.shape.size();
    vector.resize(theta_size(run.shape));
    const auto check_finite = [&](const TensorInfo& tensor, Index first) {
        tensors.read(tensor, vector, first);
        if (!std::ranges::all_of(vector, [](double value) { return std::isfinite(value); }))
            throw Error("the tensor \"" + tensor.name + "\" holds numbers that are not finite");
    };
    check_finite(tensors.tensor(kTheta, {size}), 0);
    check_finite(tensors.tensor(kGradient, {size}), 0);
    const Index pairs = state.gram.size();
    const TensorInfo& history = tensors.tensor(kPairs, {pairs, 2, size});
    for (Index i = 0; i < 2 * pairs; ++i) check_finite(history, i * size);
    return state;
}

void Checkpoint::restore(DistributedSpace& space) const {
    const SafetensorsReader& tensors = file_.tensors();
    std::vector<double> s(theta_size(space.shape()));
    tensors.read(tensors.tensor(kTheta), s);
    space.write(Vector::x, s);
    tensors.read(tensors.tensor(kGradient), s);
    space.write(Vector::gradient, s);

    const TensorInfo& history = tensors.tensor(kPairs);
    std::vector<double> y(s.size());
    space.forget();
    for (Index pair = 0; pair < history.shape[0]; ++pair) {
        tensors.read(history, s, 2 * pair * space.shape().size());
        tensors.read(history, y, (2 * pair + 1) * space.shape().size());
        space.append_pair(s, y);
    }
}

std::optional<ResumePoint> find_resume_point(const std::string& directory, const RunDescription& run,
                                             const std::function<void(const std::string&)>& warn) {
    const std::vector<CheckpointEntry> entries = list_checkpoints(directory);
    std::vector<std::string> problems;
    for (const CheckpointEntry& entry : entries) {
        std::optional<Checkpoint> intact;
        std::string differing;
        try {
            // A file larger than any checkpoint of this run is not read to its end.
            const CheckpointReader file(entry.path);
            const std::string problem = too_large(file, run);
            if (!problem.empty()) differing = differences(file.metadata(), run.identity, own_metadata());
            if (!problem.empty() && differing.empty()) throw Error(problem);
            if (problem.empty()) intact.emplace(entry.path);
        } catch (const Error& error) {
            problems.emplace_back(error.what());
            continue;
        }
        if (!intact) throw another_run(entry.path, differing);
        LbfgsState state = intact->state_for(run);
        for (const std::string& problem : problems) warn(problem + "; an older one is used");
        return ResumePoint{std::move(*intact), std::move(state)};
    }
    if (entries.empty()) return std::nullopt;
    std::string all;
    for (const std::string& problem : problems) all += problem + "; ";
    throw Error("cannot resume from " + directory + ": no checkpoint there is intact: " + all +
                "start again in another directory, or with --overwrite");
}

}  // namespace sae
