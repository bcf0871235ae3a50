#include "tile_evaluation.hpp"

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <type_traits>

#include "sae/core/sparsity.hpp"

namespace sae {

namespace {

/// How much nearer to 1 a unit's mean activation may be computed than it is: of 64 columns (single: 128) four
/// numbers <= 1 and then 16 (32) such sums are added up, each addition off by half a unit in the last place,
/// the rest in double; then they are divided, and rounded a few times.
template <class T>
constexpr double rho_hat_error = std::is_same_v<T, float> ? 0x1p-19 : 0x1p-47;

/// A column's |delta2| is at most a quarter of this: a tile's sum of fewer than 1024 is finite in T.
template <class T>
constexpr double largest_hidden_delta = std::numeric_limits<T>::max() / 1024.0;

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

}  // namespace

template <class T, class Sum>
TileEvaluation<T, Sum>::TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                       const ColumnTiles& y)
    : settings_(settings),
      inputs_{settings.shape,
              x,
              y,
              best_kernels().of<T>(),
              nullptr,
              PackedWeights<T>(settings.shape, best_kernels().of<T>(), *settings.team),
              MeanActivations(x.tiling(), settings.shape.hidden, rho_hat_error<T>),
              std::vector<double>(length(settings.shape.hidden)),
              GradientScales(settings.shape, x.tiling().columns())} {
    assert(x.rows() == settings.shape.inputs && y.rows() == settings.shape.outputs);
    assert(x.first_tile() == y.first_tile() && x.last_tile() == y.last_tile());
    workers_.reserve(length(settings.threads));
    const std::size_t bytes = length(settings.shape.size()) * sizeof(Sum);
    for (int member = 0; member < settings.team->members(); ++member)
        team_sums_.emplace_back(reinterpret_cast<Sum*>(settings.team->memory(bytes)), bytes / sizeof(Sum));
    workers_.emplace_back(inputs_, team_sums_[static_cast<std::size_t>(settings.team->member())]);
    for (int thread = 1; thread < settings.threads; ++thread)
        workers_.emplace_back(inputs_, std::span<Sum>());
    if constexpr (std::is_same_v<Sum, std::int64_t>) of_team_.assign(team_sums_.begin(), team_sums_.end());
    stored_offsets_.push_back(0);
    for (Index tile = x.first_tile(); tile < x.last_tile(); ++tile)
        stored_offsets_.push_back(stored_offsets_.back() + Worker::activations(inputs_.kernels.widths,
                                                                               x.tiling().width(tile),
                                                                               settings.shape.hidden));
}

template <class T, class Sum>
Index TileEvaluation<T, Sum>::first_tile(int thread) const {
    const ColumnTiles& x = inputs_.x;
    return x.first_tile() + Tiling::share(x.last_tile() - x.first_tile(), thread, settings_.threads);
}

template <class T, class Sum>
T* TileEvaluation<T, Sum>::activations(Worker& own, Index tile) {
    if (!two_passes_) return own.room_for_a2();
    return stored_a2_.data() + stored_offsets_[length(tile - inputs_.x.first_tile())];
}

template <class T, class Sum>
const PartialSums& TileEvaluation<T, Sum>::run(std::span<const double> theta,
                                               const Hyperparameters& hyperparameters, Combine& combine) {
    assert(static_cast<Index>(theta.size()) == settings_.shape.size());
    hyperparameters_ = hyperparameters;
    inputs_.theta = theta.data();
    partial_ = {};
    two_passes_ = hyperparameters.sparse();
    if (two_passes_)
        stored_a2_.resize(length(stored_offsets_.back()));
    else
        std::ranges::fill(inputs_.sparsity, 0.0);
    pack();
    if (two_passes_) first_pass(combine);
    second_pass(combine);
    if (settings_.always_means && !two_passes_ && partial_.finite) {
        start_means(combine);
        finish_means(combine);
    }
    for (const Worker& each : workers_) {
        partial_.squares.add(each.sums().squares);
        partial_.finite = partial_.finite && each.sums().finite;
    }
    if constexpr (std::is_same_v<Sum, std::int64_t>) {
        partial_.gradient = workers_.front().sums().gradient;
        partial_.of_team = of_team_;
    }
    return partial_;
}

/// Packs the weights, together with the team.
template <class T, class Sum>
void TileEvaluation<T, Sum>::pack() {
    Team& team = *settings_.team;
    const int threads = settings_.threads;
#pragma omp parallel num_threads(threads)
    {
        const int thread = omp_get_thread_num();
        Worker& own = worker(thread);
        own.reset();
        own.times().measure(Phase::pack, [&] {
            inputs_.weights.pack(inputs_.theta, team.member() * threads + thread, team.members() * threads);
        });
    }
    times().measure(Phase::wait, [&] { team.meet(); });
}

/// Of two passes the first: makes all activations and starts to sum them up over the ranks.
template <class T, class Sum>
void TileEvaluation<T, Sum>::first_pass(Combine& combine) {
#pragma omp parallel num_threads(settings_.threads)
    {
        const int thread = omp_get_thread_num();
        Worker& own = worker(thread);
        for (Index tile = first_tile(thread); tile < first_tile(thread + 1); ++tile) {
            own.activate(tile, activations(own, tile));
            if (thread == 0) combine.progress();
        }
    }
    start_means(combine);
}

/// The rest of a thread's tiles. The first half of a tile needs no mean activations, so the first tile hides
/// their reduction; the gradient of W2 is complete before the second half of the last tile, which hides its
/// own. The thread that may communicate looks after both.
template <class T, class Sum>
void TileEvaluation<T, Sum>::second_pass(Combine& combine) {
    const Shape& s = settings_.shape;
#pragma omp parallel num_threads(settings_.threads)
    {
        const int thread = omp_get_thread_num();
        Worker& own = worker(thread);
        NoCombine nothing;
        Combine& looked_after = thread == 0 ? combine : nothing;
        const Index first = first_tile(thread), last = first_tile(thread + 1) - 1;
        if (first <= last)
            output_half(own, first, looked_after);
        else
            own.clear_gradient();
        share_means(combine, thread);
        if (partial_.finite) {
            for (Index tile = first; tile < last; ++tile) {
                own.hidden_half(tile, looked_after);
                output_half(own, tile + 1, looked_after);
            }
            meet(thread);
            merge(s.w2(), s.b1(), thread);
#pragma omp barrier
            if constexpr (std::is_same_v<Sum, std::int64_t>) {
                const std::span<std::int64_t> sums(workers_.front().sums().gradient);
                looked_after.start_output_gradient(sums.subspan(length(s.w2()), length(s.b1() - s.w2())));
            }
            if (first <= last) own.hidden_half(last, looked_after);
            meet(thread);
            merge(s.w1(), s.w2(), thread);
            merge(s.b1(), s.size(), thread);
        }
    }
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::output_half(Worker& own, Index tile, Combine& combine) {
    T* const a2 = activations(own, tile);
    if (!two_passes_) own.activate(tile, a2);
    own.output_half(tile, a2, combine);
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::start_means(Combine& combine) {
    std::vector<std::int64_t>& sums = workers_.front().sums().hidden;
    for (std::size_t other = 1; other < workers_.size(); ++other)
        for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += workers_[other].sums().hidden[j];
    combine.start_hidden_sums(sums);
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::finish_means(Combine& combine) {
    combine.wait_hidden_sums();
    if (!inputs_.means.set(workers_.front().sums().hidden)) partial_.finite = false;
}

/// The means are combined by the thread that may communicate; the others wait for it.
template <class T, class Sum>
void TileEvaluation<T, Sum>::share_means(Combine& combine, int thread) {
    worker(thread).times().measure(Phase::wait, [&] {
#pragma omp barrier
        if (thread == 0) {
            if (two_passes_) {
                finish_means(combine);
                partial_.sparsity =
                    sparsity_cost(hyperparameters_, inputs_.means.rho_hat(), inputs_.sparsity);
                if (!std::isfinite(partial_.sparsity)) partial_.finite = false;
            }
            if (!set_hidden_scales()) partial_.finite = false;
        }
#pragma omp barrier
    });
}

/// False if weights or a sparsity term make deltas that leave the range of T, or are not numbers.
template <class T, class Sum>
bool TileEvaluation<T, Sum>::set_hidden_scales() {
    const auto columns = static_cast<double>(inputs_.x.tiling().columns());
    const std::span<const double> magnitudes = inputs_.weights.magnitudes();
    for (std::size_t j = 0; j < magnitudes.size(); ++j) {
        const double slope = two_passes_ ? inputs_.means.slope_bound(j) : 0.25;
        const double sparsity = std::abs(inputs_.sparsity[j]);
        const double bound = columns * slope * (largest_delta3 * magnitudes[j] + sparsity);
        if (!std::isfinite(bound) || magnitudes[j] + sparsity > largest_hidden_delta<T>) return false;
        inputs_.scales.set_hidden(j, bound);
    }
    return true;
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::meet(int thread) {
    worker(thread).times().measure(Phase::wait, [] {
#pragma omp barrier
    });
}

/// Adds this thread's share of the gradient's sums of all threads, in [first, last), to the first one's.
template <class T, class Sum>
void TileEvaluation<T, Sum>::merge(Index first, Index last, int thread) {
    if (settings_.threads == 1) return;
    worker(thread).times().measure(Phase::merge, [&] {
        const Index from = first + Tiling::share(last - first, thread, settings_.threads);
        const Index to = first + Tiling::share(last - first, thread + 1, settings_.threads);
        Sum* sums = workers_.front().sums().gradient.data();
        for (std::size_t other = 1; other < workers_.size(); ++other) {
            const Sum* more = workers_[other].sums().gradient.data();
            for (Index i = from; i < to; ++i) sums[i] += more[i];
        }
    });
}

template class TileEvaluation<double, std::int64_t>;
template class TileEvaluation<float, std::int64_t>;

std::size_t team_bytes(const Shape& shape, Precision precision, int members) {
    const std::size_t sums = team_share(length(shape.size()) * sizeof(std::int64_t));
    return length(members) * sums +
           (precision == Precision::single_precision
                ? PackedWeights<float>::bytes(shape, best_kernels().in_single.widths)
                : PackedWeights<double>::bytes(shape, best_kernels().in_double.widths));
}

std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                            const ColumnTiles& y) {
    if (settings.precision == Precision::single_precision)
        return std::make_unique<TileEvaluation<float>>(settings, x, y);
    return std::make_unique<TileEvaluation<double>>(settings, x, y);
}

}  // namespace sae
