#include "crew_evaluation.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <type_traits>

#include "sae/core/length.hpp"
#include "sae/core/sparsity.hpp"

namespace sae {

namespace {

/// How much nearer to 1 a hidden unit's mean activation may be computed than it is: eight numbers <= 1 are
/// added in three levels, each addition off by half a unit in the last place of a sum <= 8, then divided and
/// rounded a few times.
template <class T>
constexpr double rho_hat_error = std::is_same_v<T, float> ? 0x1p-20 : 0x1p-48;

/// A column's |delta2| may be at most a quarter of this: so a tile's sum, over fewer than 1024 columns, is
/// finite in T.
template <class T>
constexpr double largest_hidden_delta = std::numeric_limits<T>::max() / 1024.0;

/// The room for `integers` of one core: whole cache lines, so that no other core writes to them.
std::size_t line_of(Index integers) {
    return Crew::share(length(integers) * sizeof(std::int64_t)) / sizeof(std::int64_t);
}

std::span<std::int64_t> integers(Crew& crew, std::size_t count) {
    return {reinterpret_cast<std::int64_t*>(crew.memory(count * sizeof(std::int64_t)).data()), count};
}

/// Adds up one element of the sums of all cores, which are `stride` apart. Where sums are not finite these
/// integers have no meaning and may wrap around.
std::int64_t sum_of_cores(std::span<const std::int64_t> sums, std::size_t stride, int cores) {
    std::uint64_t sum = 0;
    for (std::size_t core = 0; core < length(cores); ++core)
        sum += static_cast<std::uint64_t>(sums[core * stride]);
    return static_cast<std::int64_t>(sum);
}

std::vector<Team> teams_for(const Shape& shape, const Tiling& tiling, Index first, Index last, int cores) {
    return make_teams(tiling, first, last, cores, length(shape.b1()) * sizeof(std::int64_t));
}

Index activation_sums_length(const Shape& shape) {
    return static_cast<Index>(MeanActivations::sums_length(shape.hidden));
}

/// The most columns that a core has of a wave, each piece in whole panels.
Index most_columns(std::span<const std::vector<Piece>> pieces_of_waves, Index panel) {
    Index most = 0;
    for (const std::vector<Piece>& of_wave : pieces_of_waves) {
        Index columns = 0;
        for (const Piece& piece : of_wave) columns += pieces(piece.columns(), panel) * panel;
        most = std::max(most, columns);
    }
    return most;
}

}  // namespace

template <class T>
CrewEvaluation<T>::CrewEvaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                  const ColumnTiles& y)
    : settings_(settings),
      teams_(teams_for(settings.shape, x.tiling(), x.first_tile(), x.last_tile(), settings.crew->cores())),
      division_(settings.crew->divide(sizes_of(teams_))),
      data_{settings.shape,
            x,
            y,
            best_kernels().of<T>(),
            nullptr,
            PackedWeights<T>(settings.shape, best_kernels().of<T>(), *settings.crew),
            SharedTiles<T>(settings.shape, best_kernels().of<T>().widths, x.tiling(), teams_, settings.sparse,
                           *settings.crew),
            MeanActivations(x.tiling().columns(), settings.shape.hidden, rho_hat_error<T>),
            std::vector<double>(length(settings.shape.hidden)),
            GradientScales(settings.shape, x.tiling().columns())},
      times_(length(settings.crew->threads())) {
    assert(x.rows() == settings.shape.inputs && y.rows() == settings.shape.outputs);
    assert(x.first_tile() == y.first_tile() && x.last_tile() == y.last_tile());
    Crew& crew = *settings_.crew;
    const Shape& s = settings_.shape;
    const Index activations = activation_sums_length(s), biases = s.size() - s.b1();
    const auto cores = length(crew.cores());
    gradient_ = integers(crew, length(s.size()));
    other_teams_ = integers(crew, (teams_.size() - 1) * length(s.b1()));
    not_finite_ = integers(crew, 1);
    activations_ = integers(crew, length(activations));
    core_activations_ = integers(crew, cores * line_of(activations));
    core_biases_ = integers(crew, cores * line_of(biases));
    std::map<int, GradientShares> gradients;  // by the number of a team's cores
    work_.reserve(length(crew.threads()));
    for (int thread = 0; thread < crew.threads(); ++thread) {
        const int core = crew.first_core() + thread;
        const std::size_t team = team_of(core);
        const int members = teams_[team].cores;
        const auto& gradient =
            gradients.try_emplace(members, s, data_.kernels.widths, x, members).first->second;
        shares_.push_back(shares_of(core, team, gradient));
        work_.emplace_back(
            data_, most_columns(shares_.back().pieces, data_.kernels.widths.panel),
            core_activations_.subspan(length(core) * line_of(activations), length(activations)),
            core_biases_.subspan(length(core) * line_of(biases), length(biases)));
        work_.back().count_time_in(times_[length(thread)]);
    }
}

template <class T>
std::size_t CrewEvaluation<T>::team_of(int core) const {
    std::size_t team = 0;
    while (core >= teams_[team].first_core + teams_[team].cores) ++team;
    return team;
}

template <class T>
typename CrewEvaluation<T>::Shares CrewEvaluation<T>::shares_of(int core, std::size_t which,
                                                                const GradientShares& gradient) const {
    const Shape& s = settings_.shape;
    const Tiling& tiling = data_.x.tiling();
    const Widths& widths = data_.kernels.widths;
    Shares shares;
    shares.team = which;
    const Team& team = teams_[which];
    const int member = core - team.first_core;
    const auto blocks = [&](const Extent& rows, const Extent& columns) {
        return blocks_of(rows, columns, member, team.cores);
    };
    for (const Wave& wave : team.waves)
        shares.pieces.push_back(pieces_of(tiling, wave, member, team.cores, widths.columns_together));
    shares.w1 = gradient.w1(member);
    shares.w2_apart = gradient.w2_apart(member);
    shares.w2_together = gradient.w2_together(member);
    if (data_.tiles.by_rows()) {
        const Extent columns{tiling.width(team.first_tile()), widths.panel};
        shares.outputs = blocks({s.outputs, widths.strip}, columns);
        shares.hidden = blocks({s.hidden, widths.strip}, columns);
    }
    return shares;
}

template <class T>
std::size_t CrewEvaluation<T>::bytes(const EvaluationSettings& settings, const Tiling& tiling,
                                     std::span<const Team> teams) {
    const Shape& s = settings.shape;
    const int cores = teams.back().first_core + teams.back().cores;
    const TileKernels<T>& kernels = best_kernels().of<T>();
    const auto of = [](std::size_t count) { return Crew::share(count * sizeof(std::int64_t)); };
    const Index hidden = activation_sums_length(s);
    return PackedWeights<T>::bytes(s, kernels.widths) + of(1) + Crew::bytes_of_division(sizes_of(teams)) +
           SharedTiles<T>::bytes(s, kernels.widths, tiling, teams, settings.sparse) + of(length(s.size())) +
           of((teams.size() - 1) * length(s.b1())) + of(length(hidden)) +
           of(length(cores) * line_of(hidden)) + of(length(cores) * line_of(s.size() - s.b1()));
}

template <class T>
const PartialSums& CrewEvaluation<T>::run(std::span<const double> theta,
                                          const Hyperparameters& hyperparameters, Reduction& reduction) {
    assert(static_cast<Index>(theta.size()) == settings_.shape.size());
    assert(settings_.sparse || !hyperparameters.sparse());
    hyperparameters_ = hyperparameters;
    data_.theta = theta.data();
    partial_ = {};
    partial_.gradient = gradient_;
    two_passes_ = hyperparameters.sparse();
    other_nodes_ = reduction.has_other_nodes();
    if (!two_passes_) std::ranges::fill(data_.sparsity, 0.0);
    Crew& crew = *settings_.crew;
    NoReduction none;
    crew.run([&](int core) {
        const bool first = core == crew.first_core();
        const std::size_t thread = length(core - crew.first_core()), team = shares_[thread].team;
        run_core({core, first, teams_[team], sums_of(team), work_[thread], first ? reduction : none});
    });
    for (const CoreWork<T>& each : work_) {
        partial_.squares.add(each.sums().squares);
        partial_.finite = partial_.finite && each.sums().finite;
        partial_.columns_done += each.sums().columns;
        partial_.elements_done += each.sums().elements;
    }
    return partial_;
}

/// A core computes its blocks of a wave's gradient and then its columns of the next wave without a meeting
/// in between: one meeting a wave.
template <class T>
void CrewEvaluation<T>::run_core(const Core& core) {
    const std::size_t waves = core.team.waves.size();
    core.work.reset();
    if (core.number == 0) not_finite_[0] = 0;
    pack(core);
    if (two_passes_) {
        for (std::size_t wave = 0; wave < waves; ++wave) activate(core, wave);
        sum_activations(core);
        if (core.first) core.reduction.start_hidden_sums(activations_);
    } else {
        set_scales_of_plain(core);
    }
    if (means_before_waves(core)) {
        wait_for_means(core);
        set_means(core);
        meet(core);
    }
    for (std::size_t wave = 0; wave < waves && partial_.finite; ++wave) {
        if (wave > 0) gradient_of_wave(core, wave - 1);
        if (data_.tiles.by_rows())
            layers_by_rows(core);
        else
            layers_by_columns(core, wave);
        meet_team(core);
    }
    if (!partial_.finite) return;
    if (waves == 0)
        gradient_without_tiles(core);
    else
        gradient_of_wave(core, waves - 1);
    add_teams(core, {settings_.shape.w1(), other_nodes_ ? settings_.shape.w2() : settings_.shape.b1()});
    sum_biases(core);
    meet(core);
    if (settings_.always_means && !two_passes_) {
        sum_activations(core);
        if (core.first) core.reduction.start_hidden_sums(activations_);
        wait_for_means(core);
        set_means(core);
    }
}

template <class T>
const typename CrewEvaluation<T>::Shares& CrewEvaluation<T>::shares(const Core& core) const {
    return shares_[length(core.number - settings_.crew->first_core())];
}

/// a2 of the core's columns of a wave; by rows, also in panels of columns.
template <class T>
void CrewEvaluation<T>::activate(const Core& core, std::size_t wave) {
    for (const Piece& piece : shares(core).pieces[wave]) {
        core.work.activate(piece);
        if (data_.tiles.by_rows()) core.work.transpose_a2(piece);
        core.reduction.progress();
    }
}

template <class T>
void CrewEvaluation<T>::pack(const Core& core) {
    core.work.times().measure(Phase::pack,
                              [&] { data_.weights.pack(data_.theta, core.number, settings_.crew->cores()); });
    meet(core);
}

/// The core's share of elements that all cores of the node divide.
template <class T>
Range CrewEvaluation<T>::share(const Core& core, Range elements) const {
    const int cores = settings_.crew->cores();
    const Index count = elements.last - elements.first;
    return {elements.first + Tiling::share(count, core.number, cores),
            elements.first + Tiling::share(count, core.number + 1, cores)};
}

/// Adds up the sums of activations of all cores of the node; each core adds a share of them.
template <class T>
void CrewEvaluation<T>::sum_activations(const Core& core) {
    meet(core);
    const int cores = settings_.crew->cores();
    const auto count = static_cast<Index>(activations_.size());
    const std::size_t stride = line_of(count);
    const Range own = share(core, {0, count});
    for (Index i = own.first; i < own.last; ++i)
        activations_[length(i)] = sum_of_cores(core_activations_.subspan(length(i)), stride, cores);
    meet(core);
}

/// Returns when the sums of activations over all nodes are there and all cores of the node have called it.
template <class T>
void CrewEvaluation<T>::wait_for_means(const Core& core) {
    if (core.first) core.work.times().measure(Phase::wait, [&] { core.reduction.wait_hidden_sums(); });
    meet(core);
}

/// The first core of each rank computes the mean activations over all ranks and what follows from them. Its
/// other cores may read them after the next meet().
template <class T>
void CrewEvaluation<T>::set_means(const Core& core) {
    if (!core.first) return;
    if (!data_.means.set(activations_)) partial_.finite = false;
    if (!two_passes_) return;
    partial_.sparsity = sparsity_cost(hyperparameters_, data_.means.rho_hat(), data_.sparsity);
    if (!std::isfinite(partial_.sparsity) || !set_hidden_scales()) partial_.finite = false;
}

/// The scales of the plain network follow from theta alone.
template <class T>
void CrewEvaluation<T>::set_scales_of_plain(const Core& core) {
    if (core.first && !set_hidden_scales()) partial_.finite = false;
    meet(core);
}

/// Whether the sparse network's rho_hat is awaited before the first wave. Without other nodes it is known by
/// then, and where there are no waves nothing is left to do meanwhile. A single tile has a meeting in the
/// middle of its layers in any case.
template <class T>
bool CrewEvaluation<T>::means_before_waves(const Core& core) const {
    return two_passes_ && (core.team.waves.empty() || (!other_nodes_ && !data_.tiles.by_rows()));
}

/// The layers of the core's columns of a wave. With other nodes the hidden deltas of the sparse network's
/// first wave wait for rho_hat.
template <class T>
void CrewEvaluation<T>::layers_by_columns(const Core& core, std::size_t wave) {
    const std::span<const Piece> own = shares(core).pieces[wave];
    if (!two_passes_) activate(core, wave);
    const bool wait = two_passes_ && wave == 0 && !means_before_waves(core);
    core.work.output_layer(own, !wait, core.reduction);
    report_not_finite(core);
    if (!wait) return;
    wait_for_means(core);
    set_means(core);
    meet(core);
    if (partial_.finite) core.work.hidden_deltas(own);
}

/// The layers of the only tile, one after the other. All cores meet wherever the next step reads what another
/// core has computed.
template <class T>
void CrewEvaluation<T>::layers_by_rows(const Core& core) {
    const Shares& own = shares(core);
    const Index tile = core.team.first_tile();
    if (!two_passes_) {
        activate(core, 0);
        meet(core);
    }
    core.work.output_blocks(tile, own.outputs);
    core.reduction.progress();
    if (two_passes_) {
        wait_for_means(core);
        set_means(core);
    } else {
        meet(core);
    }
    for (const Piece& piece : own.pieces.front()) core.work.sum_squares(piece);
    report_not_finite(core);
    core.work.back_blocks(tile, own.hidden);
    if (two_passes_) meet(core);
    if (partial_.finite) core.work.hidden_delta_blocks(tile, own.hidden);
}

/// Sums that are not finite on one core must not be converted to integers on any.
template <class T>
void CrewEvaluation<T>::report_not_finite(const Core& core) {
    if (!core.work.sums().finite) std::atomic_ref(not_finite_[0]).store(1, std::memory_order_relaxed);
}

/// The core's blocks of dW2 and dW1 for each tile of a wave.
template <class T>
void CrewEvaluation<T>::gradient_of_wave(const Core& core, std::size_t wave) {
    const Shape& s = settings_.shape;
    const bool last_wave = wave + 1 == core.team.waves.size();
    // With other nodes the cores meet between dW2 and dW1 of the last wave.
    const Shares& own = shares(core);
    const std::vector<Block>& w2 = other_nodes_ && last_wave ? own.w2_apart : own.w2_together;
    const Wave& tiles = core.team.waves[wave];
    const Index very_first = core.team.first_tile();
    // Without a finite result there is nothing to add, but other nodes wait for the exchange.
    const Index last_tile = finite_on_node() ? tiles.last_tile : tiles.first_tile;
    for (Index tile = tiles.first_tile; tile < last_tile; ++tile) {
        core.work.gradient_w2(tile, w2, tile == very_first, core.sums + s.w2());
        core.reduction.progress();
    }
    if (last_wave) start_output_gradient(core);
    for (Index tile = tiles.first_tile; tile < last_tile; ++tile) {
        core.work.gradient_w1(tile, own.w1, tile == very_first, core.sums + s.w1());
        core.reduction.progress();
    }
}

/// db1 and db2: adds up the sums of all cores; each core adds a share of them.
template <class T>
void CrewEvaluation<T>::sum_biases(const Core& core) {
    const Shape& s = settings_.shape;
    const int cores = settings_.crew->cores();
    const Index count = s.size() - s.b1();
    const std::size_t stride = line_of(count);
    const Range own = share(core, {0, count});
    for (Index i = own.first; i < own.last; ++i)
        gradient_[length(s.b1() + i)] = sum_of_cores(core_biases_.subspan(length(i)), stride, cores);
}

/// On a node without tiles dW1 and dW2 are 0; it takes part in the exchange.
template <class T>
void CrewEvaluation<T>::gradient_without_tiles(const Core& core) {
    const Shape& s = settings_.shape;
    const Range own = share(core, {0, s.b1()});
    std::fill(gradient_.begin() + own.first, gradient_.begin() + own.last, 0);
    start_output_gradient(core);
}

/// Adds up these elements of the gradient over the teams once all have finished theirs; each core adds a
/// share. They are complete after the next meet().
template <class T>
void CrewEvaluation<T>::add_teams(const Core& core, Range elements) {
    if (teams_.size() == 1) return;
    meet(core);
    if (!finite_on_node()) return;
    const Range own = share(core, elements);
    core.work.times().measure(Phase::teams, [&] {
        for (std::size_t team = 1; team < teams_.size(); ++team)
            std::transform(gradient_.data() + own.first, gradient_.data() + own.last,
                           sums_of(team) + own.first, gradient_.data() + own.first, std::plus<>());
    });
}

/// Where there are other nodes: begins the exchange of dW2 once all cores have finished theirs.
template <class T>
void CrewEvaluation<T>::start_output_gradient(const Core& core) {
    if (!other_nodes_) return;
    const Shape& s = settings_.shape;
    add_teams(core, {s.w2(), s.b1()});
    meet(core);
    if (core.first)
        core.reduction.start_output_gradient(gradient_.subspan(length(s.w2()), length(s.b1() - s.w2())));
}

/// Whether no core has reported a sum that is not finite. After a team has met, its cores know what each of
/// them has reported for the wave.
template <class T>
bool CrewEvaluation<T>::finite_on_node() const {
    return std::atomic_ref(not_finite_[0]).load(std::memory_order_relaxed) == 0;
}

/// The scales of db1 and of the rows of dW1, from a bound of the sum of |delta2_j|: see Evaluation. False if
/// weights or the sparsity term are not finite or so large that delta2 may leave the range of T.
template <class T>
bool CrewEvaluation<T>::set_hidden_scales() {
    const auto columns = static_cast<double>(data_.x.tiling().columns());
    const std::span<const double> magnitudes = data_.weights.magnitudes();
    for (std::size_t j = 0; j < magnitudes.size(); ++j) {
        const double slope = two_passes_ ? data_.means.slope_bound(j) : 0.25;
        const double sparsity = std::abs(data_.sparsity[j]);
        const double bound = columns * slope * (largest_delta3 * magnitudes[j] + sparsity);
        if (!std::isfinite(bound) || magnitudes[j] + sparsity > largest_hidden_delta<T>) return false;
        data_.scales.set_hidden(j, bound);
    }
    return true;
}

template <class T>
void CrewEvaluation<T>::meet(const Core& core) {
    core.work.times().measure(Phase::wait,
                              [&] { settings_.crew->meet(core.number, [&] { core.reduction.progress(); }); });
}

template <class T>
void CrewEvaluation<T>::meet_team(const Core& core) {
    core.work.times().measure(Phase::wait, [&] {
        settings_.crew->meet_team(division_, core.number, [&] { core.reduction.progress(); });
    });
}

/// The sums of dW1 and dW2 of a team, in theta's order. The first team has them in the gradient.
template <class T>
std::int64_t* CrewEvaluation<T>::sums_of(std::size_t team) const {
    if (team == 0) return gradient_.data();
    return other_teams_.data() + (team - 1) * length(settings_.shape.b1());
}

template class CrewEvaluation<double>;
template class CrewEvaluation<float>;

std::size_t evaluation_bytes(const EvaluationSettings& settings, const Tiling& tiling, Index first_tile,
                             Index last_tile, int cores) {
    const std::vector<Team> teams = teams_for(settings.shape, tiling, first_tile, last_tile, cores);
    return settings.precision == Precision::single_precision
               ? CrewEvaluation<float>::bytes(settings, tiling, teams)
               : CrewEvaluation<double>::bytes(settings, tiling, teams);
}

std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                            const ColumnTiles& y) {
    if (settings.precision == Precision::single_precision)
        return std::make_unique<CrewEvaluation<float>>(settings, x, y);
    return std::make_unique<CrewEvaluation<double>>(settings, x, y);
}

}  // namespace sae
