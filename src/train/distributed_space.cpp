#include "sae/train/distributed_space.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

#include "sae/core/length.hpp"
#include "vector_kernels.hpp"

namespace sae {

namespace {

/// The most words that a verb sums up or broadcasts: the dot products of a full history.
std::size_t max_words(const SpaceSettings& settings) {
    return length(kernels::dots_per_pair * settings.history) * ExactSum::limb_count;
}

}  // namespace

SpaceSettings space_settings(const Shape& shape, const Hyperparameters& hyperparameters, Precision precision,
                             int history, int threads) {
    SpaceSettings settings;
    settings.evaluation.shape = shape;
    settings.evaluation.precision = precision;
    settings.hyperparameters = hyperparameters;
    settings.history = history;
    settings.threads = threads;
    return settings;
}

DistributedSpace::DistributedSpace(const mpi::Communicator& comm, const SpaceSettings& settings,
                                   const ColumnTiles& inputs, const ColumnTiles& targets)
    : shape_(settings.evaluation.shape),
      cluster_(DistributedObjective::make_cluster(comm, settings, inputs, max_words(settings))),
      partition_(shape_, cluster_.layout()),
      length_(partition_.slice_length(comm.rank())),
      objective_(cluster_, settings, partition_, inputs, targets, times_),
      x_(length_),
      gradient_(length_),
      direction_(length_),
      trial_x_(length_),
      trial_gradient_(length_),
      history_(settings.history, length_) {}

// Commands.

std::size_t DistributedSpace::command_words() const {
    return length(5 + 2 * history_.capacity());
}

/// Rank 0 sends the command. The other ranks call a verb because they have received it, and send nothing.
void DistributedSpace::send(const Command& command) {
    if (!drives()) return;
    std::vector<std::int64_t> words{static_cast<int>(command.verb), std::bit_cast<std::int64_t>(command.t),
                                    static_cast<int>(command.vector), command.pair,
                                    std::bit_cast<std::int64_t>(command.coefficients.g)};
    for (const std::vector<double>* numbers : {&command.coefficients.s, &command.coefficients.y})
        for (const double number : *numbers) words.push_back(std::bit_cast<std::int64_t>(number));
    words.resize(command_words());
    times_.measure(StepPhase::command, [&] { cluster_.broadcast(words); });
}

DistributedSpace::Command DistributedSpace::receive() {
    std::vector<std::int64_t> words(command_words());
    times_.measure(StepPhase::command, [&] { cluster_.broadcast(words); });
    Command command{static_cast<Verb>(words[0]),
                    std::bit_cast<double>(words[1]),
                    static_cast<Vector>(words[2]),
                    static_cast<int>(words[3]),
                    {}};
    if (command.verb != Verb::set_direction) return command;
    command.coefficients.g = std::bit_cast<double>(words[4]);
    auto next = words.begin() + 5;
    for (std::vector<double>* numbers : {&command.coefficients.s, &command.coefficients.y})
        for (int pair = 0; pair < pairs(); ++pair) numbers->push_back(std::bit_cast<double>(*next++));
    return command;
}

void DistributedSpace::serve() {
    for (;;) {
        const Command command = receive();
        if (command.verb == Verb::stop) return;
        carry_out(command);
    }
}

void DistributedSpace::carry_out(const Command& command) {
    switch (command.verb) {
        case Verb::start:
            start();
            break;
        case Verb::try_step:
            try_step(command.t);
            break;
        case Verb::accept:
            accept();
            break;
        case Verb::drop_pair:
            drop_pair();
            break;
        case Verb::forget:
            forget();
            break;
        case Verb::set_direction:
            set_direction(command.coefficients);
            break;
        case Verb::read:
            read(command.vector, {});
            break;
        case Verb::write:
            write(command.vector, {});
            break;
        case Verb::read_pair:
            read_pair(command.pair, {}, {});
            break;
        case Verb::append_pair:
            append_pair({}, {});
            break;
        case Verb::stop:
            break;
    }
}

// The verbs.

void DistributedSpace::stop() {
    send({.verb = Verb::stop});
}

Trial DistributedSpace::start() {
    send({.verb = Verb::start});
    std::vector<SquaredNorms> norms(length(cluster_.threads()));
    const Index middle = partition_.weights_length(cluster_.rank());
    on_each_thread([&](int thread, BlockRange range) {
        std::ranges::fill(direction_.span(range), 0.0);
        const auto x = [&](Index begin, Index end) {
            return std::as_const(x_).span(intersection(range, begin, end));
        };
        SquaredNorms& own = norms[length(thread)];
        add_dot(x(0, middle), x(0, middle), own.weights);
        add_dot(x(middle, length_), x(middle, length_), own.biases);
    });
    objective_.share_slice(x_);
    return objective_.evaluate(x_, norms, direction_, gradient_);
}

Trial DistributedSpace::try_step(double t) {
    send({.verb = Verb::try_step, .t = t});
    std::vector<SquaredNorms> norms(length(cluster_.threads()));
    times_.measure(StepPhase::trial, [&] {
        on_each_thread([&](int thread, BlockRange range) { move(t, range, norms[length(thread)]); });
    });
    return objective_.evaluate(trial_x_, norms, direction_, trial_gradient_);
}

/// Computes the trial point at t, block by block: into the slice and, while a block is in the cache, into
/// shared_theta(), where the evaluation reads it.
void DistributedSpace::move(double t, BlockRange range, SquaredNorms& norms) {
    partition_.for_parts(cluster_.rank(), range, [&](auto segment, const Partition::Run& part) {
        ExactSum& x_x = segment == Partition::biases ? norms.biases : norms.weights;
        double* const theta = objective_.shared_theta().data() + part.begin;
        for (Index before = 0; before < part.length; before += block_length) {
            const BlockRange block{part.local + before, part.local + before + block_length};
            advance(x_.span(block), t, direction_.span(block), trial_x_.span(block), x_x);
            const auto here = std::min(block_length, part.length - before);
            std::ranges::copy(trial_x_.span(block).first(length(here)), theta + before);
        }
    });
}

PairDots DistributedSpace::accept() {
    send({.verb = Verb::accept});
    history_.make_room();
    const StepVectors step{x_.span(), trial_x_.span(), gradient_.span(), trial_gradient_.span()};
    std::vector<ExactSum> dots(history_.push_sums());
    sum_over_cores(dots, StepPhase::push,
                   [&](BlockRange range, std::span<ExactSum> sums) { history_.push(step, range, sums); });
    std::swap(x_, trial_x_);
    std::swap(gradient_, trial_gradient_);
    return pair_dots(dots);
}

void DistributedSpace::drop_pair() {
    send({.verb = Verb::drop_pair});
    history_.drop_newest();
}

void DistributedSpace::forget() {
    send({.verb = Verb::forget});
    history_.clear();
}

double DistributedSpace::set_direction(const Coefficients& coefficients) {
    send({.verb = Verb::set_direction, .coefficients = coefficients});
    std::array<ExactSum, 1> slope;
    sum_over_cores(slope, StepPhase::direction, [&](BlockRange range, std::span<ExactSum> sums) {
        history_.combine(coefficients, gradient_.span(), range, direction_.span(), sums[0]);
    });
    return slope[0].value();
}

void DistributedSpace::read(Vector vector, std::span<double> whole) {
    send({.verb = Verb::read, .vector = vector});
    gather(slice(vector), whole);
}

void DistributedSpace::write(Vector vector, std::span<const double> whole) {
    send({.verb = Verb::write, .vector = vector});
    scatter(whole, slice(vector));
}

void DistributedSpace::read_pair(int pair, std::span<double> s, std::span<double> y) {
    send({.verb = Verb::read_pair, .pair = pair});
    // Between steps the last trial is not needed any more.
    history_.copy_pair(pair, trial_x_.span(), trial_gradient_.span());
    gather(trial_x_, s);
    gather(trial_gradient_, y);
}

void DistributedSpace::append_pair(std::span<const double> s, std::span<const double> y) {
    send({.verb = Verb::append_pair});
    Slice own_s(length_), own_y(length_);
    scatter(s, own_s);
    scatter(y, own_y);
    history_.restore_pair(own_s.span(), own_y.span());
}

// What the verbs are made of.

/// Calls work(thread, range) on each thread, with its blocks of a slice.
void DistributedSpace::on_each_thread(const std::function<void(int thread, BlockRange range)>& work) {
    Crew& crew = *cluster_.crew();
    crew.run([&](int core) {
        const int thread = core - crew.first_core();
        work(thread, thread_blocks(length_, thread, crew.threads()));
    });
}

/// Calls work(range, sums) on each thread, with its blocks of a slice and sums that are 0. `totals` becomes
/// the sums over all threads of all ranks.
void DistributedSpace::sum_over_cores(
    std::span<ExactSum> totals, StepPhase phase,
    const std::function<void(BlockRange range, std::span<ExactSum> sums)>& work) {
    const std::size_t words = totals.size() * ExactSum::limb_count;
    times_.measure(phase, [&] {
        cluster_.collect(words, [&](int thread, std::span<std::int64_t> to) {
            std::vector<ExactSum> own(totals.size());
            work(thread_blocks(length_, thread, cluster_.threads()), own);
            std::ranges::copy(limbs(own), to.begin());
        });
    });
    times_.measure(StepPhase::dots, [&] { cluster_.add_up(limbs(totals)); });
}

/// Gathers a vector on rank 0 by way of shared_theta().
void DistributedSpace::gather(const Slice& from, std::span<double> whole) {
    objective_.share_slice(from);
    const std::span<double> all = objective_.shared_theta();
    if (cluster_.sends()) {
        for (std::size_t s = 0; s < Partition::segments; ++s) {
            const auto begin = length(partition_.segment_begin(s)),
                       end = length(partition_.segment_begin(s + 1));
            cluster_.leaders().gather_to_root(all.subspan(begin, end - begin), partition_.counts(s),
                                              partition_.displacements(s));
        }
    }
    if (drives()) std::ranges::copy(all, whole.begin());
    cluster_.meet();
}

/// Scatters a vector of rank 0 by way of shared_theta().
void DistributedSpace::scatter(std::span<const double> whole, Slice& to) {
    const std::span<double> all = objective_.shared_theta();
    if (drives()) std::ranges::copy(whole, all.begin());
    for (std::size_t s = 0; s < Partition::segments && cluster_.sends(); ++s) {
        const auto begin = length(partition_.segment_begin(s)), end = length(partition_.segment_begin(s + 1));
        cluster_.leaders().scatter_from_root(all.subspan(begin, end - begin), partition_.counts(s),
                                             partition_.displacements(s));
    }
    cluster_.meet();
    for (std::size_t s = 0; s < Partition::segments; ++s) {
        const Partition::Run run = partition_.run(cluster_.rank(), s);
        std::ranges::copy(all.subspan(length(run.begin), length(run.length)), to.span().begin() + run.local);
    }
    cluster_.meet();
}

StopGuard::~StopGuard() {
    // If an exception leaves the scope, the others may be inside a collective; guard() then ends them.
    if (std::uncaught_exceptions() == exceptions_) space_.stop();
}

}  // namespace sae
