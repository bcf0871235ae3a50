#include "tile_evaluation.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <type_traits>

#include "sae/core/length.hpp"
#include "sae/core/sparsity.hpp"

namespace sae {

namespace {

/// How much nearer to 1 a unit's mean activation may be computed than it is: eight numbers <= 1 are added up
/// in three levels, each addition off by half a unit in the last place of a sum <= 8; then they are divided,
/// and rounded a few times.
template <class T>
constexpr double rho_hat_error = std::is_same_v<T, float> ? 0x1p-20 : 0x1p-48;

/// A column's |delta2| is at most a quarter of this: a tile's sum of fewer than 1024 is finite in T.
template <class T>
constexpr double largest_hidden_delta = std::numeric_limits<T>::max() / 1024.0;

/// Integers of each core start on a cache line of their own.
std::size_t line_of(Index integers) {
    return Crew::share(length(integers) * sizeof(std::int64_t)) / sizeof(std::int64_t);
}

std::span<std::int64_t> integers(Crew& crew, std::size_t count) {
    return {reinterpret_cast<std::int64_t*>(crew.memory(count * sizeof(std::int64_t)).data()), count};
}

/// An element of each core's sums, `stride` apart, added up. Integers without meaning, of sums that are not
/// finite, may wrap around.
std::int64_t sum_of_cores(std::span<const std::int64_t> sums, std::size_t stride, int cores) {
    std::uint64_t sum = 0;
    for (std::size_t core = 0; core < length(cores); ++core)
        sum += static_cast<std::uint64_t>(sums[core * stride]);
    return static_cast<std::int64_t>(sum);
}

std::vector<Wave> waves_for(const Tiling& tiling, Index first, Index last, int cores, const Widths& widths) {
    return make_waves(tiling, first, last, cores, widths.columns_together);
}

Index hidden_sums_length(const Shape& shape) {
    return static_cast<Index>(MeanActivations::sums_length(shape.hidden));
}

}  // namespace

template <class T>
TileEvaluation<T>::TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                  const ColumnTiles& y)
    : settings_(settings),
      waves_(waves_for(x.tiling(), x.first_tile(), x.last_tile(), settings.crew->cores(),
                       best_kernels().of<T>().widths)),
      inputs_{settings.shape,
              x,
              y,
              best_kernels().of<T>(),
              nullptr,
              PackedWeights<T>(settings.shape, best_kernels().of<T>(), *settings.crew),
              SharedTiles<T>(settings.shape, best_kernels().of<T>().widths, x.tiling(), waves_,
                             settings.sparse, *settings.crew),
              MeanActivations(x.tiling().columns(), settings.shape.hidden, rho_hat_error<T>),
              std::vector<double>(length(settings.shape.hidden)),
              GradientScales(settings.shape, x.tiling().columns())},
      times_(length(settings.crew->threads())) {
    assert(x.rows() == settings.shape.inputs && y.rows() == settings.shape.outputs);
    assert(x.first_tile() == y.first_tile() && x.last_tile() == y.last_tile());
    Crew& crew = *settings_.crew;
    const Shape& s = settings_.shape;
    const Widths& widths = inputs_.kernels.widths;
    const Index hidden = hidden_sums_length(s), biases = s.size() - s.b1();
    const auto cores = length(crew.cores());
    gradient_ = integers(crew, length(s.size()));
    not_finite_ = integers(crew, 1);
    node_hidden_ = integers(crew, length(hidden));
    hidden_of_cores_ = integers(crew, cores * line_of(hidden));
    biases_of_cores_ = integers(crew, cores * line_of(biases));
    const GradientShares gradient(s, widths, x, crew.cores());
    work_.reserve(length(crew.threads()));
    for (int thread = 0; thread < crew.threads(); ++thread) {
        const int core = crew.first_core() + thread;
        const auto share = [&](const Extent& rows, const Extent& columns) {
            return blocks_of(rows, columns, core, crew.cores());
        };
        Shares shares;
        shares.together = gradient.together(core);
        shares.apart = gradient.apart(core);
        if (inputs_.tiles.by_rows()) {
            const Extent columns{x.tiling().width(x.first_tile()), widths.panel};
            shares.outputs = share({s.outputs, widths.strip}, columns);
            shares.hidden = share({s.hidden, widths.strip}, columns);
        }
        Index most = 0;
        for (const Wave& wave : waves_) {
            shares.pieces.push_back(pieces_of(x.tiling(), wave, core, crew.cores(), widths.columns_together));
            Index columns = 0;
            for (const Piece& piece : shares.pieces.back())
                columns += pieces(piece.columns(), widths.panel) * widths.panel;
            most = std::max(most, columns);
        }
        shares_.push_back(std::move(shares));
        work_.emplace_back(inputs_, most,
                           hidden_of_cores_.subspan(length(core) * line_of(hidden), length(hidden)),
                           biases_of_cores_.subspan(length(core) * line_of(biases), length(biases)));
        work_.back().count_time_in(times_[length(thread)]);
    }
}

template <class T>
std::size_t TileEvaluation<T>::bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                     std::span<const Wave> waves, int cores) {
    const Shape& s = settings.shape;
    const TileKernels<T>& kernels = best_kernels().of<T>();
    const auto of = [](std::size_t count) { return Crew::share(count * sizeof(std::int64_t)); };
    const Index hidden = hidden_sums_length(s);
    return PackedWeights<T>::bytes(s, kernels.widths) + of(1) +
           SharedTiles<T>::bytes(s, kernels.widths, tiling, waves, settings.sparse, cores) +
           of(length(s.size())) + of(length(hidden)) + of(length(cores) * line_of(hidden)) +
           of(length(cores) * line_of(s.size() - s.b1()));
}

template <class T>
const PartialSums& TileEvaluation<T>::run(std::span<const double> theta,
                                          const Hyperparameters& hyperparameters, Combine& combine) {
    assert(static_cast<Index>(theta.size()) == settings_.shape.size());
    assert(settings_.sparse || !hyperparameters.sparse());
    hyperparameters_ = hyperparameters;
    inputs_.theta = theta.data();
    partial_ = {};
    partial_.gradient = gradient_;
    two_passes_ = hyperparameters.sparse();
    exchanges_ = combine.exchanges();
    if (!two_passes_) std::ranges::fill(inputs_.sparsity, 0.0);
    Crew& crew = *settings_.crew;
    NoCombine nothing;
    crew.run([&](int core) {
        const bool first = core == crew.first_core();
        CoreWork<T>& work = work_[length(core - crew.first_core())];
        run_core({core, first, work, first ? combine : nothing});
    });
    for (const CoreWork<T>& each : work_) {
        partial_.squares.add(each.sums().squares);
        partial_.finite = partial_.finite && each.sums().finite;
        partial_.columns_done += each.sums().columns;
        partial_.elements_done += each.sums().elements;
    }
    return partial_;
}

/// A core adds up its blocks of a wave's gradient and then takes columns of the next wave: one meeting a
/// wave.
template <class T>
void TileEvaluation<T>::run_core(const Core& core) {
    core.work.reset();
    if (core.number == 0) not_finite_[0] = 0;
    pack(core);
    if (two_passes_) {
        for (std::size_t wave = 0; wave < waves_.size(); ++wave) activate(core, wave);
        sum_activations(core);
        if (core.first) core.combine.start_hidden_sums(node_hidden_);
    } else {
        learn_scales(core);
    }
    if (two_passes_ && waves_.empty()) {
        await_means(core);
        learn_means(core);
        meet(core);
    }
    for (std::size_t wave = 0; wave < waves_.size() && partial_.finite; ++wave) {
        if (wave > 0) gradient_of_wave(core, wave - 1);
        if (inputs_.tiles.by_rows())
            rows_of_tile(core);
        else
            columns_of_wave(core, wave);
        meet(core);
    }
    if (!partial_.finite) return;
    if (waves_.empty())
        no_gradient(core);
    else
        gradient_of_wave(core, waves_.size() - 1);
    add_biases(core);
    meet(core);
    if (settings_.always_means && !two_passes_) {
        sum_activations(core);
        if (core.first) core.combine.start_hidden_sums(node_hidden_);
        await_means(core);
        learn_means(core);
    }
}

template <class T>
const typename TileEvaluation<T>::Shares& TileEvaluation<T>::shares(const Core& core) const {
    return shares_[length(core.number - settings_.crew->first_core())];
}

template <class T>
void TileEvaluation<T>::activate(const Core& core, std::size_t wave) {
    for (const Piece& piece : shares(core).pieces[wave]) {
        core.work.activate(piece);
        if (inputs_.tiles.by_rows()) core.work.turn(piece);
        core.combine.progress();
    }
}

template <class T>
void TileEvaluation<T>::pack(const Core& core) {
    core.work.times().measure(
        Phase::pack, [&] { inputs_.weights.pack(inputs_.theta, core.number, settings_.crew->cores()); });
    meet(core);
}

/// The sums of activations of all cores of the node, added up by all cores.
template <class T>
void TileEvaluation<T>::sum_activations(const Core& core) {
    meet(core);
    const int cores = settings_.crew->cores();
    const auto count = static_cast<Index>(node_hidden_.size());
    const std::size_t stride = line_of(count);
    for (Index i = Tiling::share(count, core.number, cores); i < Tiling::share(count, core.number + 1, cores);
         ++i) {
        node_hidden_[length(i)] = sum_of_cores(hidden_of_cores_.subspan(length(i)), stride, cores);
    }
    meet(core);
}

/// Returns when the sums of activations over all nodes are there and all cores of the crew have come.
template <class T>
void TileEvaluation<T>::await_means(const Core& core) {
    if (core.first) core.work.times().measure(Phase::wait, [&] { core.combine.wait_hidden_sums(); });
    meet(core);
}

/// The first core of each rank takes the mean activations of all ranks, and what follows from them; the
/// others see them once they have met.
template <class T>
void TileEvaluation<T>::learn_means(const Core& core) {
    if (core.first) {
        if (!inputs_.means.set(node_hidden_)) partial_.finite = false;
        if (two_passes_) {
            partial_.sparsity = sparsity_cost(hyperparameters_, inputs_.means.rho_hat(), inputs_.sparsity);
            if (!std::isfinite(partial_.sparsity) || !set_hidden_scales()) partial_.finite = false;
        }
    }
}

/// The plain network's scales follow from theta alone.
template <class T>
void TileEvaluation<T>::learn_scales(const Core& core) {
    if (core.first && !set_hidden_scales()) partial_.finite = false;
    meet(core);
}

template <class T>
void TileEvaluation<T>::columns_of_wave(const Core& core, std::size_t wave) {
    const std::span<const Piece> own = shares(core).pieces[wave];
    if (!two_passes_) activate(core, wave);
    const bool means_first = two_passes_ && wave == 0;
    core.work.output_half(own, !means_first, core.combine);
    note_finite(core);
    if (!means_first) return;
    await_means(core);
    learn_means(core);
    meet(core);
    if (partial_.finite) core.work.hidden_half(own);
}

/// The layers of the only tile, one after the other: where a core needs what others have computed, all meet.
template <class T>
void TileEvaluation<T>::rows_of_tile(const Core& core) {
    const Shares& own = shares(core);
    const Index tile = waves_.front().first_tile;
    if (!two_passes_) {
        activate(core, 0);
        meet(core);
    }
    core.work.output_blocks(tile, own.outputs);
    core.combine.progress();
    if (two_passes_) {
        await_means(core);
        learn_means(core);
    } else {
        meet(core);
    }
    for (const Piece& piece : own.pieces.front()) core.work.squares(piece);
    note_finite(core);
    core.work.back_blocks(tile, own.hidden);
    if (two_passes_) meet(core);
    if (partial_.finite) core.work.hidden_blocks(tile, own.hidden);
}

/// What is not finite on one core must not become an integer on any.
template <class T>
void TileEvaluation<T>::note_finite(const Core& core) {
    if (!core.work.sums().finite) std::atomic_ref(not_finite_[0]).store(1, std::memory_order_relaxed);
}

template <class T>
void TileEvaluation<T>::gradient_of_wave(const Core& core, std::size_t wave) {
    const Shape& s = settings_.shape;
    const bool last_wave = wave + 1 == waves_.size();
    const Shares& shares_of_core = shares(core);
    // The cores meet between dW2 and dW1 of the last wave if there are other nodes.
    const GradientShare& own = exchanges_ && last_wave ? shares_of_core.apart : shares_of_core.together;
    const Wave& tiles = waves_[wave];
    const Index very_first = inputs_.x.first_tile();
    // The exchange takes place all the same: other nodes wait.
    const Index last_tile = finite_on_node() ? tiles.last_tile : tiles.first_tile;
    for (Index tile = tiles.first_tile; tile < last_tile; ++tile) {
        core.work.gradient_w2(tile, own.w2, tile == very_first, gradient_.data() + s.w2());
        core.combine.progress();
    }
    if (last_wave) start_output_gradient(core);
    for (Index tile = tiles.first_tile; tile < last_tile; ++tile) {
        core.work.gradient_w1(tile, own.w1, tile == very_first, gradient_.data() + s.w1());
        core.combine.progress();
    }
}

/// The sums of all cores over their columns.
template <class T>
void TileEvaluation<T>::add_biases(const Core& core) {
    const Shape& s = settings_.shape;
    const int cores = settings_.crew->cores();
    const Index count = s.size() - s.b1();
    const std::size_t stride = line_of(count);
    for (Index i = Tiling::share(count, core.number, cores); i < Tiling::share(count, core.number + 1, cores);
         ++i) {
        gradient_[length(s.b1() + i)] = sum_of_cores(biases_of_cores_.subspan(length(i)), stride, cores);
    }
}

/// A node without tiles has sums of 0, and takes part in the exchange.
template <class T>
void TileEvaluation<T>::no_gradient(const Core& core) {
    const Shape& s = settings_.shape;
    const int cores = settings_.crew->cores();
    std::fill(gradient_.begin() + Tiling::share(s.b1(), core.number, cores),
              gradient_.begin() + Tiling::share(s.b1(), core.number + 1, cores), 0);
    start_output_gradient(core);
}

/// Where there are other nodes: begins the exchange once all cores have done their part of dW2.
template <class T>
void TileEvaluation<T>::start_output_gradient(const Core& core) {
    if (!exchanges_) return;
    const Shape& s = settings_.shape;
    meet(core);
    if (core.first)
        core.combine.start_output_gradient(gradient_.subspan(length(s.w2()), length(s.b1() - s.w2())));
}

/// Whether the squares of all cores are finite, those of a wave after they have met.
template <class T>
bool TileEvaluation<T>::finite_on_node() const {
    return std::atomic_ref(not_finite_[0]).load(std::memory_order_relaxed) == 0;
}

/// False if weights or a sparsity term make deltas that leave the range of T, or are not numbers.
template <class T>
bool TileEvaluation<T>::set_hidden_scales() {
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

template <class T>
void TileEvaluation<T>::meet(const Core& core) {
    core.work.times().measure(Phase::wait,
                              [&] { settings_.crew->meet(core.number, [&] { core.combine.progress(); }); });
}

template class TileEvaluation<double>;
template class TileEvaluation<float>;

std::size_t evaluation_bytes(const EvaluationSettings& settings, const Tiling& tiling, Index first_tile,
                             Index last_tile, int cores) {
    const auto bytes_of = [&]<class T>(const TileKernels<T>& kernels) {
        return TileEvaluation<T>::bytes(
            settings, tiling, waves_for(tiling, first_tile, last_tile, cores, kernels.widths), cores);
    };
    return settings.precision == Precision::single_precision ? bytes_of(best_kernels().in_single)
                                                             : bytes_of(best_kernels().in_double);
}

std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                            const ColumnTiles& y) {
    if (settings.precision == Precision::single_precision)
        return std::make_unique<TileEvaluation<float>>(settings, x, y);
    return std::make_unique<TileEvaluation<double>>(settings, x, y);
}

}  // namespace sae
