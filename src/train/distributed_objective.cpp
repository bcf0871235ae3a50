#include "sae/train/distributed_objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "node_team.hpp"
#include "vector_kernels.hpp"

namespace sae {

namespace {

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

/// What one evaluation sums up over the ranks, in one message: exact sums, then counts.
struct EvaluationSums {
    enum Sum : std::size_t { squares, weights, biases, slope, gradient, count };
    static constexpr std::size_t count_words = 3;
    std::array<ExactSum, count> sums;

    void all_reduce(const mpi::Communicator& comm, std::span<std::int64_t> counts) {
        const std::span<std::int64_t> own = limbs(sums);
        std::vector<std::int64_t> message(own.begin(), own.end());
        message.insert(message.end(), counts.begin(), counts.end());
        comm.all_reduce_sum(message);
        const auto middle = message.begin() + static_cast<std::ptrdiff_t>(own.size());
        std::copy(message.begin(), middle, own.begin());
        std::copy(middle, message.end(), counts.begin());
    }
};

std::size_t theta_bytes(const Shape& shape) {
    return team_share(length(shape.size()) * sizeof(double));
}

/// The settings, with the ranks of this node as the team.
ObjectiveSettings with_team(const mpi::Communicator& comm, ObjectiveSettings settings) {
    EvaluationSettings& evaluation = settings.evaluation;
    const std::size_t bytes =
        theta_bytes(evaluation.shape) + team_bytes(evaluation.shape, evaluation.precision, comm.size());
    if (settings.share_memory) evaluation.team = make_node_team(comm, bytes);
    return settings;
}

}  // namespace

DistributedObjective::DistributedObjective(const mpi::Communicator& comm, const ObjectiveSettings& settings,
                                           const Partition& partition, const ColumnTiles& x,
                                           const ColumnTiles& y, StepTimes& times)
    : comm_(comm),
      settings_(with_team(comm, settings)),
      partition_(partition),
      columns_(x.tiling().columns()),
      evaluation_(make_evaluation(settings_.evaluation, x, y)),
      combine_(comm, partition, *settings_.evaluation.team, settings.between_tiles),
      theta_(reinterpret_cast<double*>(
                 settings_.evaluation.team->memory(theta_bytes(settings.evaluation.shape))),
             length(settings.evaluation.shape.size())),
      times_(times) {}

void DistributedObjective::put_theta(const Slice& at) {
    for (std::size_t s = 0; s < Partition::segments; ++s) {
        const Partition::Run run = partition_.run(comm_.rank(), s);
        const auto own = at.span().subspan(length(run.local), length(run.length));
        std::ranges::copy(own, theta_.begin() + run.begin);
    }
    settings_.evaluation.team->meet();
}

void DistributedObjective::gather_theta(const Slice& at) {
    if (settings_.evaluation.team->members() == comm_.size()) {
        put_theta(at);
        return;
    }
    std::array<mpi::Request, Partition::segments> requests;
    for (std::size_t s = 0; s < Partition::segments; ++s) {
        const Partition::Run run = partition_.run(comm_.rank(), s);
        const auto begin = length(partition_.segment_begin(s)), end = length(partition_.segment_begin(s + 1));
        const auto own = at.span().subspan(length(run.local), length(run.length));
        const auto all = theta_.subspan(begin, end - begin);
        requests[s] = comm_.start_all_gather(own, all, partition_.counts(s), partition_.displacements(s));
    }
    for (mpi::Request& request : requests) request.wait();
}

void DistributedObjective::finish_gradient(const Slice& at, Slice& gradient) const {
    const auto m = static_cast<double>(columns_);
    for (std::size_t s = 0; s < Partition::segments; ++s) {
        const Partition::Run run = partition_.run(comm_.rank(), s);
        const bool weights = run.local < partition_.weights_length(comm_.rank());
        const double lambda = weights ? settings_.hyperparameters.lambda : 0;
        const double* theta = at.span().data() + run.local;
        double* to = gradient.span().data() + run.local;
        evaluation_->for_units(run.begin, run.length, [&](Index first, Index last, double unit) {
            const auto addends = combine_.addends(s);
            kernels::best().finish_gradient(addends.data(), addends.size(), first, last - first,
                                            theta + first, {unit, m, lambda}, to + first);
        });
    }
}

Trial DistributedObjective::evaluate(const Slice& at, const SquaredNorms& norms, const Slice& direction,
                                     Slice& gradient) {
    times_.measure(StepPhase::gather, [&] { gather_theta(at); });
    const PartialSums& partial = times_.measure(StepPhase::evaluate, [&]() -> const PartialSums& {
        return evaluation_->run(theta_, settings_.hyperparameters, combine_);
    });
    times_.measure(StepPhase::reduce, [&] { combine_.finish(partial); });
    EvaluationSums all;
    all.sums[EvaluationSums::weights] = norms.weights;
    all.sums[EvaluationSums::biases] = norms.biases;
    if (partial.finite) {
        all.sums[EvaluationSums::squares] = partial.squares;
        times_.measure(StepPhase::gradient, [&] {
            finish_gradient(at, gradient);
            gradient_dots(gradient.span(), direction.span(), settings_.evaluation.threads,
                          all.sums[EvaluationSums::slope], all.sums[EvaluationSums::gradient]);
        });
    }
    const StopRequest asked = settings_.stop_request();
    std::array<std::int64_t, EvaluationSums::count_words> counts = {
        partial.finite ? 0 : 1, asked == StopRequest::save_and_requeue ? 1 : 0,
        asked == StopRequest::user_interrupt ? 1 : 0};
    times_.measure(StepPhase::sums, [&] { all.all_reduce(comm_, counts); });

    Trial trial;
    trial.interrupted = counts[1] + counts[2] > 0;
    if (trial.interrupted)
        stop_reason_ = counts[2] > 0 ? StopRequest::user_interrupt : StopRequest::save_and_requeue;
    trial.cost = std::numeric_limits<double>::infinity();
    if (counts[0] > 0) return trial;
    const double squares = all.sums[EvaluationSums::squares].value();
    const double weight_squares = all.sums[EvaluationSums::weights].value();
    trial.terms = {squares / (2 * static_cast<double>(columns_)),
                   settings_.hyperparameters.lambda / 2 * weight_squares, partial.sparsity};
    trial.cost = trial.terms.total();
    trial.slope = all.sums[EvaluationSums::slope].value();
    trial.gradient_norm = std::sqrt(all.sums[EvaluationSums::gradient].value());
    trial.x_norm = std::sqrt(weight_squares + all.sums[EvaluationSums::biases].value());
    return trial;
}

Traffic DistributedObjective::traffic() const {
    constexpr auto word = static_cast<Index>(sizeof(std::int64_t));
    const Shape& s = settings_.evaluation.shape;
    const bool means = settings_.hyperparameters.sparse() || settings_.evaluation.always_means;
    constexpr auto words = EvaluationSums::count * ExactSum::limb_count + EvaluationSums::count_words;
    const bool sent = settings_.evaluation.team->members() < comm_.size();
    return {means ? word * (2 * s.hidden + 1) : 0, sent ? word * s.size() : 0,
            sent ? static_cast<Index>(sizeof(double)) * s.size() : 0, word * static_cast<Index>(words)};
}

}  // namespace sae
