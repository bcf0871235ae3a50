#include "tile_worker.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

namespace sae {

namespace {

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

/// The lanes of a unit added up, by halves.
template <class T>
double lane_sum(const AlignedVector<T>& lanes, std::size_t unit) {
    constexpr auto width = static_cast<std::size_t>(panel_width<T>);
    const T* const from = lanes.data() + unit * width;
    std::array<double, width / 2> sums{};
    for (std::size_t i = 0; i < width / 2; ++i)
        sums[i] = static_cast<double>(from[i]) + static_cast<double>(from[i + width / 2]);
    for (std::size_t half = width / 4; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
    return sums[0];
}

}  // namespace

template <class T, class Sum>
TileWorker<T, Sum>::TileWorker(const TileInputs<T>& inputs, std::span<Sum> gradient)
    : in_(inputs),
      x_(column_group * panel_width<T> / nonzero_width, in_.shape.inputs),
      x_rows_(gradient_rows / nonzero_width, in_.x.tiling().widest()) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().widest();
    const auto padded = [](Index n, Index width) { return pieces(n, width) * width; };
    a2_.resize(length(activations(columns, s.hidden)));
    a2_columns_.resize(length(padded(columns, panel_width<T>) * s.hidden));
    delta3_.resize(length(column_group * s.outputs * panel_width<T>));
    delta3_strips_.resize(length(padded(s.outputs, strip_width) * columns));
    g_.resize(a2_columns_.size());
    delta2_.resize(length(padded(s.hidden, unit_panel_width<T>) * columns));
    group_sums_.resize(length(padded(s.hidden, panel_width<T>)));
    a2_sums_.resize(length(s.hidden));
    delta3_lanes_.resize(length(s.outputs * panel_width<T>));
    delta2_lanes_.resize(length(s.hidden * panel_width<T>));
    sums_.hidden.resize(in_.means.sums_length());
    if (gradient.empty()) own_gradient_.resize(length(s.size()));
    sums_.gradient = gradient.empty() ? std::span(own_gradient_) : gradient;
}

template <class T, class Sum>
void TileWorker<T, Sum>::reset() {
    std::ranges::fill(sums_.hidden, 0);
    std::fill(sums_.gradient.begin() + in_.shape.b1(), sums_.gradient.end(), Sum{0});
    first_w2_ = first_w1_ = true;
    sums_.squares.reset();
    sums_.finite = true;
}

template <class T, class Sum>
void TileWorker<T, Sum>::clear_gradient() {
    std::ranges::fill(sums_.gradient, Sum{0});
    first_w2_ = first_w1_ = false;
}

template <class T, class Sum>
void TileWorker<T, Sum>::activate(Index tile, T* a2) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().width(tile);
    constexpr Index group = column_group * panel_width<T>;
    std::ranges::fill(a2_sums_, 0.0);
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        times_.measure(Phase::widen,
                       [&] { in_.kernels.widen(in_.x.panels(tile), column, width, x_.groups()); });
        times_.measure(Phase::hidden, [&] {
            in_.kernels.hidden(x_.groups(), width, in_.weights.w1(), in_.weights.b1(), s.inputs, s.hidden,
                               a2 + column * panel_width<T>, columns, group_sums_.data());
        });
        for (std::size_t j = 0; j < length(s.hidden); ++j) a2_sums_[j] += static_cast<double>(group_sums_[j]);
    }
    for (std::size_t j = 0; j < length(s.hidden); ++j) in_.means.add(j, a2_sums_[j], sums_.hidden);
}

template <class T, class Sum>
void TileWorker<T, Sum>::output_half(Index tile, const T* a2, Combine& combine) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().width(tile);
    constexpr Index group = column_group * panel_width<T>;
    std::ranges::fill(delta3_lanes_, T{0});
    alignas(64) double squares[panel_width<T>] = {};
    times_.measure(Phase::transpose,
                   [&] { in_.kernels.transpose(a2, s.hidden, columns, a2_columns_.data()); });
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        times_.measure(Phase::output, [&] {
            in_.kernels.output_delta(a2_columns_.data() + column * s.hidden, width, in_.weights.w2(),
                                     in_.theta + s.b2(), s.hidden, s.outputs, in_.y.panels(tile), column,
                                     columns, delta3_.data(), delta3_strips_.data(), delta3_lanes_.data(),
                                     squares);
        });
        times_.measure(Phase::back, [&] {
            in_.kernels.back(delta3_.data(), width, in_.weights.w2_transposed(), s.outputs, s.hidden,
                             g_.data() + column * s.hidden);
        });
        combine.progress();
    }
    double sum = 0;
    for (const double square : squares) sum += square;
    if (!std::isfinite(sum)) {
        sums_.finite = false;
        clear_gradient();
        return;
    }
    sums_.squares.add(sum);
    for (std::size_t k = 0; k < length(s.outputs); ++k)
        add_bias(delta3_lanes_, k, in_.scales.output(), s.b2());
    times_.measure(Phase::gradient_w2, [&] {
        in_.kernels.template gradient<Sum>().w2(a2, delta3_strips_.data(), columns, s.hidden, s.outputs,
                                                in_.scales.output(), first_w2_,
                                                sums_.gradient.data() + s.w2());
    });
    first_w2_ = false;
    combine.progress();
}

template <class T, class Sum>
void TileWorker<T, Sum>::hidden_half(Index tile, Combine& combine) {
    if (!sums_.finite) return;
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().width(tile);
    const std::vector<double>& scales = in_.scales.hidden();
    std::ranges::fill(delta2_lanes_, T{0});
    times_.measure(Phase::hidden_delta, [&] {
        in_.kernels.hidden_delta(g_.data(), a2_columns_.data(), columns, in_.sparsity.data(), s.hidden,
                                 delta2_.data(), delta2_lanes_.data());
    });
    for (std::size_t j = 0; j < length(s.hidden); ++j) add_bias(delta2_lanes_, j, scales[j], s.b1());
    combine.progress();
    times_.measure(Phase::gradient_w1, [&] {
        in_.kernels.template gradient<Sum>().w1(in_.x.panels(tile), delta2_.data(), columns, s.hidden,
                                                scales.data(), x_rows_.groups(), first_w1_,
                                                sums_.gradient.data() + s.w1());
    });
    first_w1_ = false;
    combine.progress();
}

/// Adds a unit's lanes to the gradient of its bias; that of the first unit is at `first`.
template <class T, class Sum>
void TileWorker<T, Sum>::add_bias(const AlignedVector<T>& lanes, std::size_t unit, double scale,
                                  Index first) {
    const double sum = lane_sum(lanes, unit);
    Sum& total = sums_.gradient[length(first) + unit];
    if constexpr (std::is_same_v<Sum, std::int64_t>)
        total += std::llrint(sum * scale);
    else
        total += sum;
}

template class TileWorker<double, std::int64_t>;
template class TileWorker<float, std::int64_t>;
template class TileWorker<double, double>;

}  // namespace sae
