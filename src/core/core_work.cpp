#include "core_work.hpp"

#include <algorithm>
#include <cmath>

#include "sae/core/length.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

/// Inputs in a block of dW1: bytes are read in panels of as many.
constexpr Index input_run = byte_panel_width;

}  // namespace

template <class T>
CoreWork<T>::CoreWork(const EvaluationInputs<T>& inputs, Index most_columns, std::span<std::int64_t> hidden,
                      std::span<std::int64_t> biases)
    : in_(inputs),
      together_(in_.kernels.columns_together(in_.shape)),
      forward_(in_.shape, in_.kernels, in_.weights),
      x_rows_(in_.kernels.widths.gradient_rows / nonzero_width, in_.x.tiling().widest()) {
    const Shape& s = in_.shape;
    delta3_.resize(length(together_ * s.outputs));
    squares_.resize(length(together_));
    a2_columns_.resize(length(most_columns * s.hidden));
    g_.resize(a2_columns_.size());
    sums_.hidden = hidden;
    sums_.biases = biases;
}

template <class T>
void CoreWork<T>::reset() {
    std::ranges::fill(sums_.hidden, 0);
    std::ranges::fill(sums_.biases, 0);
    sums_.squares.reset();
    sums_.finite = true;
    sums_.columns = sums_.elements = 0;
}

template <class T>
template <class Use>
void CoreWork<T>::for_chunks(std::span<const Piece> all, Use use) {
    const Index panel = in_.kernels.widths.panel;
    Index place = 0;
    for (const Piece& piece : all) {
        for (Index column = piece.first; column < piece.last; column += together_) {
            const Index columns = std::min(together_, piece.last - column);
            use(Chunk{piece.tile, column, columns, place});
            place += pieces(columns, panel) * panel;
        }
    }
}

template <class T>
void CoreWork<T>::activate(const Piece& piece) {
    const Index tile_columns = in_.x.tiling().width(piece.tile);
    for_chunks(std::span(&piece, 1), [&](const Chunk& chunk) {
        forward_.activate(in_.x.panels(chunk.tile), chunk.column, chunk.columns, in_.tiles.a2(chunk.tile),
                          tile_columns, times());
        forward_.add_sums(in_.means, chunk.columns, sums_.hidden);
    });
}

template <class T>
void CoreWork<T>::output_half(std::span<const Piece> all, bool with_hidden_half, Combine& combine) {
    for_chunks(all, [&](const Chunk& chunk) {
        output(chunk);
        if (with_hidden_half) hidden(chunk);
        combine.progress();
    });
    for (const Piece& piece : all) sums_.columns += piece.columns();
}

template <class T>
void CoreWork<T>::hidden_half(std::span<const Piece> all) {
    for_chunks(all, [&](const Chunk& chunk) { hidden(chunk); });
}

template <class T>
void CoreWork<T>::output(const Chunk& chunk) {
    const Shape& s = in_.shape;
    const Index tile_columns = in_.x.tiling().width(chunk.tile);
    T* const a2_columns = a2_columns_.data() + chunk.place * s.hidden;
    times().measure(Phase::transpose, [&] {
        in_.kernels.transpose(in_.tiles.a2(chunk.tile) + chunk.column * in_.kernels.widths.panel, s.hidden,
                              tile_columns, chunk.columns, a2_columns);
    });
    times().measure(Phase::output, [&] {
        in_.kernels.output_delta(a2_columns, chunk.columns, in_.weights.w2(), in_.theta + s.b2(), s.hidden,
                                 s.outputs, in_.y.panels(chunk.tile), chunk.column, tile_columns,
                                 in_.scales.output(), delta3_.data(), in_.tiles.delta3(chunk.tile),
                                 sums_.biases.data() + s.hidden, squares_.data());
        if (!add_squares(std::span(squares_).first(length(chunk.columns)), sums_.squares))
            sums_.finite = false;
    });
    times().measure(Phase::back, [&] {
        in_.kernels.back(delta3_.data(), chunk.columns, in_.weights.w2_transposed(), s.outputs, s.hidden,
                         g_.data() + chunk.place * s.hidden);
    });
}

template <class T>
void CoreWork<T>::hidden(const Chunk& chunk) {
    const Shape& s = in_.shape;
    times().measure(Phase::hidden_delta, [&] {
        in_.kernels.hidden_delta(
            g_.data() + chunk.place * s.hidden, a2_columns_.data() + chunk.place * s.hidden, chunk.columns,
            in_.sparsity.data(), s.hidden, chunk.column, in_.x.tiling().width(chunk.tile),
            in_.scales.hidden().data(), in_.tiles.delta2(chunk.tile), sums_.biases.data());
    });
}

template <class T>
Index CoreWork<T>::w2_rows(const Shape& shape, const Widths& widths) {
    return pieces(shape.outputs, widths.strip);
}
template <class T>
Index CoreWork<T>::w2_columns(const Shape& shape, const Widths& widths) {
    return pieces(shape.hidden, widths.panel);
}
template <class T>
Index CoreWork<T>::w1_rows(const Shape& shape, const Widths& /*widths*/) {
    return pieces(shape.inputs, input_run);
}
template <class T>
Index CoreWork<T>::w1_columns(const Shape& shape, const Widths& widths) {
    return pieces(shape.hidden, widths.unit_panel);
}

template <class T>
void CoreWork<T>::gradient_w2(Index tile, std::span<const Blocks> blocks, bool first, std::int64_t* sums) {
    const Shape& s = in_.shape;
    const Widths& widths = in_.kernels.widths;
    const Index columns = in_.x.tiling().width(tile);
    times().measure(Phase::gradient_w2, [&] {
        for (const Blocks& b : blocks) {
            const Index first_output = b.first_row * widths.strip;
            const Index last_output = std::min(s.outputs, b.last_row * widths.strip);
            const Index first_unit = b.first_column * widths.panel;
            const Index last_unit = std::min(s.hidden, b.last_column * widths.panel);
            in_.kernels.gradient_w2(in_.tiles.a2(tile), in_.tiles.delta3(tile), columns, s.hidden,
                                    {first_output, last_output}, {first_unit, last_unit}, in_.scales.output(),
                                    first, sums);
            sums_.elements += (last_output - first_output) * (last_unit - first_unit);
        }
    });
}

template <class T>
void CoreWork<T>::gradient_w1(Index tile, std::span<const Blocks> blocks, bool first, std::int64_t* sums) {
    const Shape& s = in_.shape;
    const Widths& widths = in_.kernels.widths;
    const Index columns = in_.x.tiling().width(tile);
    times().measure(Phase::gradient_w1, [&] {
        for (const Blocks& b : blocks) {
            const Index first_input = b.first_row * input_run;
            const Index last_input = std::min(s.inputs, b.last_row * input_run);
            const Index first_unit = b.first_column * widths.unit_panel;
            const Index last_unit = std::min(s.hidden, b.last_column * widths.unit_panel);
            in_.kernels.gradient_w1(in_.x.panels(tile), in_.tiles.delta2(tile), columns,
                                    {first_unit, last_unit}, {first_input, last_input},
                                    in_.scales.hidden().data(), x_rows_.groups(), first, sums);
            sums_.elements += (last_input - first_input) * (last_unit - first_unit);
        }
    });
}

template class CoreWork<double>;
template class CoreWork<float>;

}  // namespace sae
