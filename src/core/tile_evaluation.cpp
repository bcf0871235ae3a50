#include "tile_evaluation.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

namespace sae {

namespace {

/// The largest |a - y| a (1 - a) for a and y in [0, 1].
constexpr double delta3_bound = 4.0 / 27;

/// A tile's sum of activations less its whole units is at most half a unit. Up to 2^22 tiles (2^31 columns)
/// it is cut into 2^40 parts a unit, which makes a mean activation of 1e-13 as exact as one of 1/2; of T more
/// tiles into fewer, so that the rests of all stay within T 2^(bits - 1) <= 2^61.
int rest_bits(Index tiles) {
    const auto log2_tiles = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(tiles - 1)));
    return std::min(40, 62 - log2_tiles);
}

/// How far from 1 a unit's computed mean activation may be less than the mean of its activations as they are:
/// a lane adds up at most 34 (single: 17) numbers <= 1 of a tile, each addition off by half a unit in the
/// last place, then 16 (32) lanes are added up in double, divided, and rounded a few times.
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
Workspace<T, Sum>::Workspace(const Shape& shape, Index widest_tile, bool keep_activations)
    : x(length(column_group * shape.inputs * panel_width<T>)),
      delta3(length(column_group * shape.outputs * panel_width<T>)),
      delta3_strips(length(pieces(shape.outputs, strip_width) * widest_tile * strip_width)),
      g(length(pieces(widest_tile, panel_width<T>) * shape.hidden * panel_width<T>)),
      a2_transposed(length(pieces(shape.hidden, panel_width<T>) * widest_tile * panel_width<T>)),
      delta2_strips(length(pieces(shape.hidden, strip_width) * widest_tile * strip_width)),
      x_transposed(length(gradient_group * widest_tile * panel_width<T>)),
      hidden_lanes(length(shape.hidden * panel_width<T>)),
      b1_lanes(length(shape.hidden * panel_width<T>)),
      b2_lanes(length(shape.outputs * panel_width<T>)),
      hidden_sums(length(2 * shape.hidden + 1)),
      gradient(length(shape.size())) {
    if (keep_activations) a2.resize(g.size());
}

template <class T, class Sum>
TileEvaluation<T, Sum>::TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                       const ColumnTiles& y)
    : settings_(settings),
      x_(x),
      y_(y),
      kernels_(best_kernels().of<T>()),
      w1_(length(pieces(shape().hidden, strip_width) * strip_width * shape().inputs)),
      w2_(length(pieces(shape().outputs, strip_width) * strip_width * shape().hidden)),
      w2_transposed_(length(pieces(shape().hidden, strip_width) * strip_width * shape().outputs)),
      magnitudes_(length(shape().hidden)),
      sparsity_(length(shape().hidden)),
      rho_hat_(length(shape().hidden)),
      w1_scales_(length(pieces(shape().hidden, strip_width) * strip_width)),
      hidden_scale_(FixedPoint::for_bound(static_cast<double>(x.tiling().columns()))),
      hidden_rest_{hidden_scale_.exponent + rest_bits(x.tiling().tiles())},
      w2_scale_(FixedPoint::for_bound(static_cast<double>(x.tiling().columns()) * delta3_bound)),
      w1_fixed_(length(shape().hidden)) {
    assert(x.rows() == shape().inputs && y.rows() == shape().outputs);
    assert(x.first_tile() == y.first_tile() && x.last_tile() == y.last_tile());
    for (int thread = 0; thread < settings_.threads; ++thread)
        rooms_.emplace_back(shape(), x.tiling().widest(), true);
    Index offset = 0;
    for (Index tile = x.first_tile(); tile < x.last_tile(); ++tile) {
        stored_offsets_.push_back(offset);
        offset += pieces(x.tiling().width(tile), panel_width<T>) * shape().hidden * panel_width<T>;
    }
}

template <class T, class Sum>
double TileEvaluation<T, Sum>::unit(Index index) const {
    const Shape& s = shape();
    if (index < s.w2()) return w1_fixed_[length(index / s.inputs)].unit();
    if (index >= s.b1() && index < s.b2()) return w1_fixed_[length(index - s.b1())].unit();
    return w2_scale_.unit();
}

template <class T, class Sum>
Index TileEvaluation<T, Sum>::next_unit(Index index) const {
    const Shape& s = shape();
    if (index < s.w2()) return (index / s.inputs + 1) * s.inputs;
    if (index < s.b1()) return s.b1();
    return index < s.b2() ? index + 1 : s.size();
}

template <class T, class Sum>
Index TileEvaluation<T, Sum>::first_tile(int thread) const {
    return x_.first_tile() + Tiling::share(x_.last_tile() - x_.first_tile(), thread, settings_.threads);
}

template <class T, class Sum>
T* TileEvaluation<T, Sum>::activations(Room& room, Index tile) {
    if (!two_passes_) return room.a2.data();
    return stored_a2_.data() + stored_offsets_[length(tile - x_.first_tile())];
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::pack(const double* theta, Room& room, int thread) {
    room.times.measure(Phase::pack, [&] {
        const Shape& s = shape();
        const int threads = settings_.threads;
        const auto share = [&](Index count, int part) { return Tiling::share(count, part, threads); };
        const Index hidden_strips = pieces(s.hidden, strip_width);
        const Index output_strips = pieces(s.outputs, strip_width);
        const Index from = share(hidden_strips, thread), to = share(hidden_strips, thread + 1);
        kernels_.pack_rows(theta + s.w1(), s.hidden, s.inputs, from, to, w1_.data());
        kernels_.pack_columns(theta + s.w2(), s.outputs, s.hidden, from, to, w2_transposed_.data());
        kernels_.pack_rows(theta + s.w2(), s.outputs, s.hidden, share(output_strips, thread),
                           share(output_strips, thread + 1), w2_.data());
        kernels_.column_magnitudes(theta + s.w2(), s.outputs, s.hidden,
                                   std::min(s.hidden, from * strip_width),
                                   std::min(s.hidden, to * strip_width), magnitudes_.data());
    });
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::reset(Room& room) const {
    std::fill(room.gradient.begin(), room.gradient.end(), Sum{0});
    std::fill(room.hidden_sums.begin(), room.hidden_sums.end(), 0);
    room.squares.reset();
    room.finite = true;
}

/// The mean of f'(z2_j) is at most 1/4, and at most rho_hat_j or 1 - rho_hat_j where these are known, up to
/// their own rounding: a unit that is all but off has a large sparsity term and small deltas. Weights or a
/// sparsity term whose deltas leave the range of T, and all that is not a number, make the cost infinite.
template <class T, class Sum>
void TileEvaluation<T, Sum>::set_hidden_bounds() {
    const auto columns = static_cast<double>(x_.tiling().columns());
    const double rest_error = static_cast<double>(x_.tiling().tiles()) * hidden_rest_.unit() / columns;
    for (std::size_t j = 0; j < magnitudes_.size(); ++j) {
        double slope = 0.25;
        if (two_passes_)
            slope = std::min({slope, rho_hat_[j] + rest_error, 1 - rho_hat_[j] + rho_hat_error<T>});
        const double bound = columns * slope * (delta3_bound * magnitudes_[j] + std::abs(sparsity_[j]));
        if (!std::isfinite(bound) || magnitudes_[j] + std::abs(sparsity_[j]) > largest_hidden_delta<T>) {
            partial_.finite = false;
            return;
        }
        w1_fixed_[j] = FixedPoint::for_bound(bound);
        w1_scales_[j] = w1_fixed_[j].scale();
    }
}

template <class T, class Sum>
const PartialSums& TileEvaluation<T, Sum>::run(std::span<const double> theta,
                                               const Hyperparameters& hyperparameters, Combine& combine) {
    assert(static_cast<Index>(theta.size()) == shape().size());
    hyperparameters_ = hyperparameters;
    partial_.finite = true;
    partial_.sparsity = 0;
    partial_.squares.reset();
    two_passes_ = hyperparameters.sparse();
    if (two_passes_) {
        if (!stored_offsets_.empty() && stored_a2_.empty()) {
            const Index last = x_.last_tile() - 1;
            stored_a2_.resize(
                length(stored_offsets_.back() +
                       pieces(x_.tiling().width(last), panel_width<T>) * shape().hidden * panel_width<T>));
        }
        first_pass(theta.data(), combine);
    } else {
        std::fill(sparsity_.begin(), sparsity_.end(), 0.0);
#pragma omp parallel num_threads(settings_.threads)
        {
            const int thread = omp_get_thread_num();
            reset(rooms_[length(thread)]);
            pack(theta.data(), rooms_[length(thread)], thread);
        }
    }
    second_pass(theta.data(), combine);
    if (settings_.always_means && !two_passes_ && partial_.finite) {
        start_means(combine);
        combine_means(combine);
    }
    for (Room& room : rooms_) {
        partial_.squares.add(room.squares);
        partial_.finite = partial_.finite && room.finite;
    }
    if constexpr (std::is_same_v<Sum, std::int64_t>) partial_.gradient = rooms_.front().gradient;
    return partial_;
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::first_pass(const double* theta, Combine& combine) {
#pragma omp parallel num_threads(settings_.threads)
    {
        const int thread = omp_get_thread_num();
        Room& room = rooms_[length(thread)];
        reset(room);
        pack(theta, room, thread);
#pragma omp barrier
        for (Index tile = first_tile(thread); tile < first_tile(thread + 1); ++tile) {
            activate(theta, room, tile, activations(room, tile));
            add_hidden_sums(room);
            if (thread == 0) combine.progress();
        }
    }
    start_means(combine);
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::start_means(Combine& combine) {
    std::vector<std::int64_t>& sums = rooms_.front().hidden_sums;
    for (std::size_t thread = 1; thread < rooms_.size(); ++thread)
        for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += rooms_[thread].hidden_sums[j];
    combine.start_hidden_sums(sums);
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::activate(const double* theta, Room& room, Index tile, T* a2) {
    const Shape& s = shape();
    const Index columns = x_.tiling().width(tile);
    constexpr Index group = column_group * panel_width<T>;
    std::fill(room.hidden_lanes.begin(), room.hidden_lanes.end(), T{0});
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        room.times.measure(Phase::widen,
                           [&] { kernels_.widen(x_.panels(tile), column, width, room.x.data()); });
        room.times.measure(Phase::hidden, [&] {
            kernels_.hidden(room.x.data(), width, w1_.data(), theta + s.b1(), s.inputs, s.hidden,
                            a2 + column * s.hidden, room.hidden_lanes.data());
        });
    }
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::add_hidden_sums(Room& room) {
    for (Index j = 0; j < shape().hidden; ++j) {
        double sum = 0;
        for (Index i = 0; i < panel_width<T>; ++i)
            sum += static_cast<double>(room.hidden_lanes[length(j * panel_width<T> + i)]);
        if (!std::isfinite(sum)) {
            ++room.hidden_sums.back();
            continue;
        }
        const std::int64_t units = hidden_scale_.encode(sum);
        const double rest = sum - hidden_scale_.decode(units);
        room.hidden_sums[length(j)] += units;
        room.hidden_sums[length(shape().hidden + j)] += hidden_rest_.encode(rest);
    }
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::combine_means(Combine& combine) {
    combine.wait_hidden_sums();
    const std::vector<std::int64_t>& sums = rooms_.front().hidden_sums;
    for (std::size_t j = 0; j < rho_hat_.size(); ++j)
        rho_hat_[j] = (hidden_scale_.decode(sums[j]) + hidden_rest_.decode(sums[rho_hat_.size() + j])) /
                      static_cast<double>(x_.tiling().columns());
    if (sums.back() != 0) partial_.finite = false;
}

/// The means are combined by the thread that may communicate; the others wait for it.
template <class T, class Sum>
void TileEvaluation<T, Sum>::share_means(Combine& combine, int thread) {
    rooms_[length(thread)].times.measure(Phase::wait, [&] {
#pragma omp barrier
        if (thread == 0) {
            if (two_passes_) {
                combine_means(combine);
                partial_.sparsity = sparsity_cost(hyperparameters_, rho_hat_, sparsity_);
                if (!std::isfinite(partial_.sparsity)) partial_.finite = false;
            }
            set_hidden_bounds();
        }
#pragma omp barrier
    });
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::second_pass(const double* theta, Combine& combine) {
#pragma omp parallel num_threads(settings_.threads)
    work_off(theta, combine, omp_get_thread_num());
}

/// A thread's tiles. The first half of a tile needs no mean activations, so the first tile hides their
/// reduction; the gradient of W2 is complete before the second half of the last tile, which hides its own.
template <class T, class Sum>
void TileEvaluation<T, Sum>::work_off(const double* theta, Combine& combine, int thread) {
    Room& room = rooms_[length(thread)];
    const Index first = first_tile(thread), last = first_tile(thread + 1) - 1;
    if (first <= last) output_half(theta, room, first, combine, thread);
    share_means(combine, thread);
    if (!partial_.finite) return;
    for (Index tile = first; tile < last; ++tile) {
        hidden_half(room, tile, combine, thread);
        output_half(theta, room, tile + 1, combine, thread);
    }
    room.times.measure(Phase::wait, [] {
#pragma omp barrier
    });
    merge(shape().w2(), shape().b1(), thread);
#pragma omp barrier
    if constexpr (std::is_same_v<Sum, std::int64_t>) {
        const std::span<std::int64_t> sums(rooms_.front().gradient);
        if (thread == 0)
            combine.start_output_gradient(
                sums.subspan(length(shape().w2()), length(shape().b1() - shape().w2())));
    }
    if (first <= last) hidden_half(room, last, combine, thread);
    room.times.measure(Phase::wait, [] {
#pragma omp barrier
    });
    merge(shape().w1(), shape().w2(), thread);
    merge(shape().b1(), shape().size(), thread);
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::merge(Index first, Index last, int thread) {
    if (settings_.threads == 1) return;
    rooms_[length(thread)].times.measure(Phase::merge, [&] {
        const Index from = first + Tiling::share(last - first, thread, settings_.threads);
        const Index to = first + Tiling::share(last - first, thread + 1, settings_.threads);
        Sum* sums = rooms_.front().gradient.data();
        for (std::size_t other = 1; other < rooms_.size(); ++other) {
            const Sum* more = rooms_[other].gradient.data();
            for (Index i = from; i < to; ++i) sums[i] += more[i];
        }
    });
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::output_half(const double* theta, Room& room, Index tile, Combine& combine,
                                         int thread) {
    const Shape& s = shape();
    const Index columns = x_.tiling().width(tile);
    constexpr Index group = column_group * panel_width<T>;
    T* a2 = activations(room, tile);
    if (!two_passes_) {
        activate(theta, room, tile, a2);
        add_hidden_sums(room);
    }
    std::fill(room.b2_lanes.begin(), room.b2_lanes.end(), T{0});
    alignas(64) double squares[panel_width<T>] = {};
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        room.times.measure(Phase::output, [&] {
            kernels_.output_delta(a2 + column * s.hidden, width, w2_.data(), theta + s.b2(), s.hidden,
                                  s.outputs, y_.panels(tile), column, columns, room.delta3.data(),
                                  room.delta3_strips.data(), room.b2_lanes.data(), squares);
        });
        room.times.measure(Phase::back, [&] {
            kernels_.back(room.delta3.data(), width, w2_transposed_.data(), s.outputs, s.hidden,
                          room.g.data() + column * s.hidden);
        });
        if (thread == 0) combine.progress();
    }
    double sum = 0;
    for (const double square : squares) sum += square;
    if (!std::isfinite(sum)) {
        room.finite = false;
        return;
    }
    room.squares.add(sum);
    add_lanes(room, room.b2_lanes, s.b2(), s.outputs);
    room.times.measure(Phase::transpose,
                       [&] { kernels_.transpose(a2, columns, s.hidden, room.a2_transposed.data()); });
    room.times.measure(Phase::gradient_w2, [&] {
        const T* a = room.a2_transposed.data();
        const T* delta = room.delta3_strips.data();
        Sum* sums = room.gradient.data() + s.w2();
        if constexpr (std::is_same_v<Sum, std::int64_t>)
            kernels_.gradient_w2(a, delta, columns, s.hidden, s.outputs, w2_scale_.scale(), sums);
        else
            kernels_.plain_gradient_w2(a, delta, columns, s.hidden, s.outputs, w2_scale_.scale(), sums);
    });
    if (thread == 0) combine.progress();
}

template <class T, class Sum>
void TileEvaluation<T, Sum>::hidden_half(Room& room, Index tile, Combine& combine, int thread) {
    if (!room.finite) return;
    const Shape& s = shape();
    const Index columns = x_.tiling().width(tile);
    std::fill(room.b1_lanes.begin(), room.b1_lanes.end(), T{0});
    room.times.measure(Phase::hidden_delta, [&] {
        kernels_.hidden_delta(room.g.data(), activations(room, tile), columns, sparsity_.data(), s.hidden,
                              room.delta2_strips.data(), room.b1_lanes.data());
    });
    add_lanes(room, room.b1_lanes, s.b1(), s.hidden);
    if (thread == 0) combine.progress();
    room.times.measure(Phase::gradient_w1, [&] {
        const T* delta = room.delta2_strips.data();
        Sum* sums = room.gradient.data() + s.w1();
        if constexpr (std::is_same_v<Sum, std::int64_t>)
            kernels_.gradient_w1(x_.panels(tile), delta, columns, s.hidden, w1_scales_.data(),
                                 room.x_transposed.data(), sums);
        else
            kernels_.plain_gradient_w1(x_.panels(tile), delta, columns, s.hidden, w1_scales_.data(),
                                       room.x_transposed.data(), sums);
    });
    if (thread == 0) combine.progress();
}

/// Sums of lanes, in their order, into the gradient of a bias.
template <class T, class Sum>
void TileEvaluation<T, Sum>::add_lanes(Room& room, const AlignedVector<T>& lanes, Index first, Index count) {
    const bool outputs = first == shape().b2();
    for (Index j = 0; j < count; ++j) {
        double sum = 0;
        for (Index i = 0; i < panel_width<T>; ++i)
            sum += static_cast<double>(lanes[length(j * panel_width<T> + i)]);
        const double scale = outputs ? w2_scale_.scale() : w1_scales_[length(j)];
        if constexpr (std::is_same_v<Sum, std::int64_t>)
            room.gradient[length(first + j)] += std::llrint(sum * scale);
        else
            room.gradient[length(first + j)] += sum;
    }
}

template class TileEvaluation<double, std::int64_t>;
template class TileEvaluation<float, std::int64_t>;
template class TileEvaluation<double, double>;

std::unique_ptr<Evaluation> make_evaluation(const EvaluationSettings& settings, const ColumnTiles& x,
                                            const ColumnTiles& y) {
    if (settings.precision == Precision::single_precision)
        return std::make_unique<TileEvaluation<float>>(settings, x, y);
    return std::make_unique<TileEvaluation<double>>(settings, x, y);
}

}  // namespace sae
