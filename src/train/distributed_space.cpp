#include "sae/train/distributed_space.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace sae {

namespace {

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

}  // namespace

DistributedSpace::DistributedSpace(const mpi::Communicator& comm, const SpaceSettings& settings,
                                   const ColumnTiles& x, const ColumnTiles& y)
    : comm_(comm),
      shape_(settings.evaluation.shape),
      threads_(settings.evaluation.threads),
      partition_(shape_, comm.size()),
      objective_(comm, settings, partition_, x, y, times_),
      x_(partition_.slice_length(comm.rank())),
      gradient_(partition_.slice_length(comm.rank())),
      direction_(partition_.slice_length(comm.rank())),
      trial_x_(partition_.slice_length(comm.rank())),
      trial_gradient_(partition_.slice_length(comm.rank())),
      history_(settings.history, partition_.slice_length(comm.rank()), threads_) {}

void DistributedSpace::send(Command command) {
    assert(comm_.is_root());
    times_.measure(StepPhase::command, [&] { comm_.broadcast_value(command); });
}

DistributedSpace::Command DistributedSpace::receive() {
    Command command{};
    times_.measure(StepPhase::command, [&] { comm_.broadcast_value(command); });
    return command;
}

void DistributedSpace::serve() {
    for (;;) {
        const Command command = receive();
        if (command.verb == Verb::stop) return;
        obey(command);
    }
}

void DistributedSpace::obey(const Command& command) {
    switch (command.verb) {
        case Verb::start:
            do_start();
            break;
        case Verb::try_step:
            do_try(command.number);
            break;
        case Verb::accept:
            do_accept();
            break;
        case Verb::drop_pair:
            history_.drop_newest();
            break;
        case Verb::forget:
            history_.clear();
            break;
        case Verb::direction: {
            const auto size = length(history_.size());
            do_direction({std::vector<double>(size), std::vector<double>(size), command.number});
            break;
        }
        case Verb::read:
            do_read(static_cast<Vector>(command.vector), command.pair, {});
            break;
        case Verb::write:
            do_write(slice(static_cast<Vector>(command.vector)), {});
            break;
        case Verb::append:
            do_append({}, {});
            break;
        case Verb::stop:
            break;
    }
}

void DistributedSpace::stop() {
    send({Verb::stop});
}

Trial DistributedSpace::start() {
    send({Verb::start});
    return do_start();
}

Trial DistributedSpace::try_step(double t) {
    send({Verb::try_step, t});
    return do_try(t);
}

PairDots DistributedSpace::accept() {
    send({Verb::accept});
    return do_accept();
}

void DistributedSpace::drop_pair() {
    send({Verb::drop_pair});
    history_.drop_newest();
}

void DistributedSpace::forget() {
    send({Verb::forget});
    history_.clear();
}

double DistributedSpace::set_direction(const Coefficients& coefficients) {
    send({Verb::direction, coefficients.g});
    return do_direction(coefficients);
}

Trial DistributedSpace::do_start() {
    std::ranges::fill(direction_.span(), 0.0);
    SquaredNorms norms;
    const auto middle = length(partition_.weights_length(comm_.rank()));
    const auto add_norm = [&](std::span<const double> part, ExactSum& sum) {
        ExactSum unused;
        gradient_dots(part, part, 1, unused, sum);
    };
    add_norm(std::as_const(x_).span().first(middle), norms.weights);
    add_norm(std::as_const(x_).span().subspan(middle), norms.biases);
    return objective_.evaluate(x_, norms, direction_, gradient_);
}

Trial DistributedSpace::do_try(double t) {
    SquaredNorms norms;
    const auto middle = length(partition_.weights_length(comm_.rank()));
    times_.measure(StepPhase::trial, [&] {
        advance(x_.span().first(middle), t, direction_.span().first(middle), trial_x_.span().first(middle),
                threads_, norms.weights);
        advance(x_.span().subspan(middle), t, direction_.span().subspan(middle),
                trial_x_.span().subspan(middle), threads_, norms.biases);
    });
    return objective_.evaluate(trial_x_, norms, direction_, trial_gradient_);
}

PairDots DistributedSpace::do_accept() {
    std::vector<ExactSum> sums(history_.push_sums());
    times_.measure(StepPhase::push, [&] {
        history_.push(x_.span(), trial_x_.span(), gradient_.span(), trial_gradient_.span(), sums);
    });
    times_.measure(StepPhase::dots, [&] { comm_.all_reduce_sum(limbs(sums)); });
    std::swap(x_, trial_x_);
    std::swap(gradient_, trial_gradient_);
    return pair_dots(sums);
}

double DistributedSpace::do_direction(Coefficients coefficients) {
    std::vector<double> numbers(coefficients.s);
    numbers.insert(numbers.end(), coefficients.y.begin(), coefficients.y.end());
    times_.measure(StepPhase::dots, [&] { comm_.broadcast(std::span(numbers)); });
    const auto size = static_cast<std::ptrdiff_t>(coefficients.s.size());
    std::copy(numbers.begin(), numbers.begin() + size, coefficients.s.begin());
    std::copy(numbers.begin() + size, numbers.end(), coefficients.y.begin());
    std::array<ExactSum, 1> slope;
    times_.measure(StepPhase::direction,
                   [&] { history_.combine(coefficients, gradient_.span(), direction_.span(), slope[0]); });
    times_.measure(StepPhase::dots, [&] { comm_.all_reduce_sum(limbs(slope)); });
    return slope[0].value();
}

Slice& DistributedSpace::slice(Vector vector) {
    return vector == Vector::gradient ? gradient_ : x_;
}

void DistributedSpace::read(Vector vector, int pair, std::span<double> whole) {
    send({Verb::read, 0, static_cast<int>(vector), pair});
    do_read(vector, pair, whole);
}

void DistributedSpace::write(Vector vector, std::span<const double> whole) {
    send({Verb::write, 0, static_cast<int>(vector)});
    do_write(slice(vector), whole);
}

void DistributedSpace::append_pair(std::span<const double> s, std::span<const double> y) {
    send({Verb::append});
    do_append(s, y);
}

void DistributedSpace::do_read(Vector vector, int pair, std::span<double> whole) {
    const bool is_pair = vector == Vector::pair_s || vector == Vector::pair_y;
    // Between steps nobody needs the last trial.
    if (is_pair) history_.copy_pair(pair, trial_x_.span(), trial_gradient_.span());
    const Slice& from = vector == Vector::pair_s   ? trial_x_
                        : vector == Vector::pair_y ? trial_gradient_
                                                   : slice(vector);
    for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
        const Partition::Run run = partition_.run(comm_.rank(), segment);
        const auto begin = length(partition_.segment_begin(segment));
        const auto size = length(partition_.segment_begin(segment + 1)) - begin;
        comm_.gather_to_root(from.span().subspan(length(run.local), length(run.length)),
                             comm_.is_root() ? whole.subspan(begin, size) : std::span<double>{},
                             partition_.counts(segment), partition_.displacements(segment));
    }
}

void DistributedSpace::do_write(Slice& to, std::span<const double> whole) {
    for (std::size_t segment = 0; segment < Partition::segments; ++segment) {
        const Partition::Run run = partition_.run(comm_.rank(), segment);
        const auto begin = length(partition_.segment_begin(segment));
        const auto size = length(partition_.segment_begin(segment + 1)) - begin;
        comm_.scatter_from_root(comm_.is_root() ? whole.subspan(begin, size) : std::span<const double>{},
                                to.span().subspan(length(run.local), length(run.length)),
                                partition_.counts(segment), partition_.displacements(segment));
    }
}

void DistributedSpace::do_append(std::span<const double> s, std::span<const double> y) {
    Slice own_s(partition_.slice_length(comm_.rank())), own_y(partition_.slice_length(comm_.rank()));
    do_write(own_s, s);
    do_write(own_y, y);
    history_.restore_pair(own_s.span(), own_y.span());
}

StopGuard::~StopGuard() {
    // While an exception passes, the others may be inside a collective: the top of main ends them.
    if (std::uncaught_exceptions() == exceptions_) space_.stop();
}

}  // namespace sae
