#include "tile_worker.hpp"

#include <algorithm>
#include <cmath>

namespace sae {

namespace {

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

/// The tree of a column group of squares.
double tree(const double* c) {
    return ((c[0] + c[1]) + (c[2] + c[3])) + ((c[4] + c[5]) + (c[6] + c[7]));
}

}  // namespace

template <class T, class Sum>
TileWorker<T, Sum>::TileWorker(const TileInputs<T>& inputs, std::span<Sum> gradient)
    : in_(inputs),
      widths_(inputs.kernels.widths),
      x_(widths_.columns_together / nonzero_width, in_.shape.inputs),
      x_rows_(widths_.gradient_rows / nonzero_width, in_.x.tiling().widest()) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().widest();
    const auto padded = [](Index n, Index width) { return pieces(n, width) * width; };
    a2_.resize(length(activations(widths_, columns, s.hidden)));
    a2_columns_.resize(length(padded(columns, widths_.panel) * s.hidden));
    delta3_.resize(length(widths_.columns_together * s.outputs));
    delta3_strips_.resize(length(padded(s.outputs, widths_.strip) * columns));
    g_.resize(a2_columns_.size());
    delta2_.resize(length(padded(s.hidden, widths_.unit_panel) * columns));
    group_sums_.resize(
        length(pieces(widths_.columns_together, summation::column_group) * padded(s.hidden, widths_.panel)));
    a2_sums_.resize(length(s.hidden));
    squares_.resize(length(padded(widths_.columns_together, summation::column_group)));
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
    const Index group = widths_.columns_together;
    const Index padded = pieces(s.hidden, widths_.panel) * widths_.panel;
    std::ranges::fill(a2_sums_, 0.0);
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        times_.measure(Phase::widen,
                       [&] { in_.kernels.widen(in_.x.panels(tile), column, width, x_.groups()); });
        times_.measure(Phase::hidden, [&] {
            in_.kernels.hidden(x_.groups(), width, in_.weights.w1(), in_.weights.b1(), s.inputs, s.hidden,
                               a2 + column * widths_.panel, columns, group_sums_.data());
        });
        for (Index g = 0; g < pieces(width, summation::column_group); ++g)
            for (std::size_t j = 0; j < length(s.hidden); ++j)
                a2_sums_[j] += static_cast<double>(group_sums_[length(g * padded) + j]);
    }
    for (std::size_t j = 0; j < length(s.hidden); ++j) in_.means.add(j, a2_sums_[j], sums_.hidden);
}

template <class T, class Sum>
void TileWorker<T, Sum>::output_half(Index tile, const T* a2, Combine& combine) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().width(tile);
    const Index group = widths_.columns_together;
    bool finite = true;
    times_.measure(Phase::transpose,
                   [&] { in_.kernels.transpose(a2, s.hidden, columns, columns, a2_columns_.data()); });
    for (Index column = 0; column < columns; column += group) {
        const Index width = std::min(group, columns - column);
        std::ranges::fill(squares_, 0.0);
        times_.measure(Phase::output, [&] {
            in_.kernels.output_delta(a2_columns_.data() + column * s.hidden, width, in_.weights.w2(),
                                     in_.theta + s.b2(), s.hidden, s.outputs, in_.y.panels(tile), column,
                                     columns, in_.scales.output(), delta3_.data(), delta3_strips_.data(),
                                     sums_.gradient.data() + s.b2(), squares_.data());
        });
        for (Index i = 0; i < width; i += summation::column_group) {
            const double sum = tree(squares_.data() + i);
            finite = finite && std::isfinite(sum);
            if (finite) sums_.squares.add(sum);
        }
        times_.measure(Phase::back, [&] {
            in_.kernels.back(delta3_.data(), width, in_.weights.w2_transposed(), s.outputs, s.hidden,
                             g_.data() + column * s.hidden);
        });
        combine.progress();
    }
    if (!finite) {
        sums_.finite = false;
        clear_gradient();
        return;
    }
    times_.measure(Phase::gradient_w2, [&] {
        in_.kernels.gradient_w2(a2, delta3_strips_.data(), columns, s.hidden, 0, s.outputs,
                                in_.scales.output(), first_w2_, sums_.gradient.data() + s.w2());
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
    times_.measure(Phase::hidden_delta, [&] {
        in_.kernels.hidden_delta(g_.data(), a2_columns_.data(), columns, in_.sparsity.data(), s.hidden, 0,
                                 columns, scales.data(), delta2_.data(), sums_.gradient.data() + s.b1());
    });
    combine.progress();
    times_.measure(Phase::gradient_w1, [&] {
        in_.kernels.gradient_w1(in_.x.panels(tile), delta2_.data(), columns, s.hidden, 0, s.inputs,
                                scales.data(), x_rows_.groups(), first_w1_, sums_.gradient.data() + s.w1());
    });
    first_w1_ = false;
    combine.progress();
}

template class TileWorker<double, std::int64_t>;
template class TileWorker<float, std::int64_t>;

}  // namespace sae
