#include "core_work.hpp"

#include <algorithm>
#include <cmath>

#include "sae/core/length.hpp"
#include "sae/core/summation.hpp"

namespace sae {

template <class T>
CoreWork<T>::CoreWork(const EvaluationInputs<T>& inputs, Index most_columns, std::span<std::int64_t> hidden,
                      std::span<std::int64_t> biases)
    : in_(inputs),
      together_(in_.kernels.columns_together(in_.shape)),
      forward_(in_.shape, in_.kernels, in_.weights),
      x_rows_(in_.kernels.widths.gradient_rows / nonzero_width, in_.x.tiling().widest()) {
    const Shape& s = in_.shape;
    squares_.resize(length(together_));
    const bool by_rows = in_.tiles.by_rows();
    g_.resize(
        length((by_rows ? in_.x.tiling().widest() + in_.kernels.widths.panel : most_columns) * s.hidden));
    if (!by_rows) {
        delta3_.resize(length(together_ * s.outputs));
        chains_.resize(length(together_ * pieces(s.outputs, summation::squares_chain)));
        a2_columns_.resize(g_.size());
    }
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
        Part own = part(chunk);
        turn(own.tile, own.column, own.columns, own.a2);
        own.rows = {0, in_.shape.outputs};
        output(own);
        squares(own.chains, own.columns);
        own.rows = {0, in_.shape.hidden};
        back(own);
        if (with_hidden_half) hidden(own);
        combine.progress();
    });
    for (const Piece& piece : all) sums_.columns += piece.columns();
}

template <class T>
void CoreWork<T>::hidden_half(std::span<const Piece> all) {
    for_chunks(all, [&](const Chunk& chunk) {
        Part own = part(chunk);
        own.rows = {0, in_.shape.hidden};
        hidden(own);
    });
}

template <class T>
void CoreWork<T>::turn(const Piece& piece) {
    // Half panels: the other half may be another core's.
    constexpr Index G = summation::column_group;
    const Index panel = in_.kernels.widths.panel;
    for (Index column = piece.first; column < piece.last; column += G)
        turn(piece.tile, column, std::min(G, piece.last - column),
             in_.tiles.a2_columns() + column / panel * panel * in_.shape.hidden + column % panel);
}

template <class T>
void CoreWork<T>::output_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) output(part(tile, block));
}

template <class T>
void CoreWork<T>::squares(const Piece& piece) {
    constexpr Index G = summation::column_group;
    const Index panel = in_.kernels.widths.panel;
    const Index count = pieces(in_.shape.outputs, summation::squares_chain);
    for (Index column = piece.first; column < piece.last; column += G)
        squares(in_.tiles.chains() + column / panel * panel * count + column % panel,
                std::min(G, piece.last - column));
    sums_.columns += piece.columns();
}

template <class T>
void CoreWork<T>::back_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) back(part(tile, block));
}

template <class T>
void CoreWork<T>::hidden_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) hidden(part(tile, block));
}

template <class T>
typename CoreWork<T>::Part CoreWork<T>::part(const Chunk& chunk) {
    const Index before = chunk.place * in_.shape.hidden;
    return {chunk.tile,     chunk.column,   chunk.columns,     {}, a2_columns_.data() + before,
            delta3_.data(), chains_.data(), g_.data() + before};
}

template <class T>
typename CoreWork<T>::Part CoreWork<T>::part(Index tile, const Block& block) {
    const SharedTiles<T>& tiles = in_.tiles;
    const Index column = block.columns.first;
    return {tile,
            column,
            block.columns.last - column,
            block.rows,
            tiles.a2_columns() + column * in_.shape.hidden,
            tiles.delta3_columns() + column * in_.shape.outputs,
            tiles.chains() + column * pieces(in_.shape.outputs, summation::squares_chain),
            g_.data() + column * in_.shape.hidden};
}

/// a2 in panels of units into panels of columns.
template <class T>
void CoreWork<T>::turn(Index tile, Index column, Index columns, T* a2_columns) {
    times().measure(Phase::transpose, [&] {
        in_.kernels.transpose(in_.tiles.a2(tile) + column * in_.kernels.widths.panel, in_.shape.hidden,
                              in_.x.tiling().width(tile), columns, a2_columns);
    });
}

template <class T>
void CoreWork<T>::output(const Part& part) {
    const Shape& s = in_.shape;
    times().measure(Phase::output, [&] {
        in_.kernels.output_delta(part.a2, part.columns, in_.weights.w2(), in_.theta + s.b2(), s.hidden,
                                 s.outputs, part.rows, in_.y.panels(part.tile), part.column,
                                 in_.x.tiling().width(part.tile), in_.scales.output(), part.delta3,
                                 in_.tiles.delta3(part.tile), sums_.biases.data() + s.hidden, part.chains);
    });
}

template <class T>
void CoreWork<T>::squares(const T* chains, Index columns) {
    times().measure(Phase::output, [&] {
        in_.kernels.add_chains(chains, columns, in_.shape.outputs, squares_.data());
        if (!add_squares(std::span(squares_).first(length(columns)), sums_.squares)) sums_.finite = false;
    });
}

template <class T>
void CoreWork<T>::back(const Part& part) {
    const Shape& s = in_.shape;
    times().measure(Phase::back, [&] {
        in_.kernels.back(part.delta3, part.columns, in_.weights.w2_transposed(), s.outputs, s.hidden,
                         part.rows, part.g);
    });
}

template <class T>
void CoreWork<T>::hidden(const Part& part) {
    const Shape& s = in_.shape;
    times().measure(Phase::hidden_delta, [&] {
        in_.kernels.hidden_delta(part.g, part.a2, part.columns, in_.sparsity.data(), s.hidden, part.rows,
                                 part.column, in_.x.tiling().width(part.tile), in_.scales.hidden().data(),
                                 in_.tiles.delta2(part.tile), sums_.biases.data());
    });
}

template <class T>
void CoreWork<T>::gradient_w2(Index tile, std::span<const Block> blocks, bool first, std::int64_t* sums) {
    const Shape& s = in_.shape;
    const Index columns = in_.x.tiling().width(tile);
    times().measure(Phase::gradient_w2, [&] {
        for (const Block& b : blocks) {
            in_.kernels.gradient_w2(in_.tiles.a2(tile), in_.tiles.delta3(tile), columns, s.hidden, b.rows,
                                    b.columns, in_.scales.output(), first, sums);
            sums_.elements += (b.rows.last - b.rows.first) * (b.columns.last - b.columns.first);
        }
    });
}

template <class T>
void CoreWork<T>::gradient_w1(Index tile, std::span<const Block> blocks, bool first, std::int64_t* sums) {
    const Index columns = in_.x.tiling().width(tile);
    times().measure(Phase::gradient_w1, [&] {
        for (const Block& b : blocks) {
            in_.kernels.gradient_w1(in_.x.panels(tile), in_.tiles.delta2(tile), columns, b.columns, b.rows,
                                    in_.scales.hidden().data(), x_rows_.groups(), first, sums);
            sums_.elements += (b.rows.last - b.rows.first) * (b.columns.last - b.columns.first);
        }
    });
}

template class CoreWork<double>;
template class CoreWork<float>;

}  // namespace sae
