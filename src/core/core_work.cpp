#include "core_work.hpp"

#include <algorithm>
#include <cmath>

#include "sae/core/length.hpp"
#include "sae/core/summation.hpp"

namespace sae {

template <class T>
CoreWork<T>::CoreWork(const EvaluationData<T>& data, Index max_columns, std::span<std::int64_t> hidden,
                      std::span<std::int64_t> biases)
    : data_(data),
      chunk_columns_(data_.kernels.columns_together(data_.shape)),
      forward_(data_.shape, data_.kernels, data_.weights),
      x_rows_(data_.kernels.widths.gradient_rows / nonzero_width, data_.x.tiling().widest()) {
    const Shape& s = data_.shape;
    squares_.resize(length(chunk_columns_));
    const bool by_rows = data_.tiles.by_rows();
    g_.resize(
        length((by_rows ? data_.x.tiling().widest() + data_.kernels.widths.panel : max_columns) * s.hidden));
    if (!by_rows) {
        delta3_.resize(length(chunk_columns_ * s.outputs));
        chains_.resize(length(chunk_columns_ * pieces(s.outputs, summation::squares_chain)));
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
    const Index panel = data_.kernels.widths.panel;
    Index offset = 0;
    for (const Piece& piece : all) {
        // Near-equal chunks: each reads all of the packed weights, a short one too.
        const Index count = pieces(piece.columns(), chunk_columns_);
        const Index most = pieces(pieces(piece.columns(), count), panel) * panel;
        for (Index column = piece.first; column < piece.last; column += most) {
            const Index columns = std::min(most, piece.last - column);
            use(Chunk{piece.tile, column, columns, offset});
            offset += pieces(columns, panel) * panel;
        }
    }
}

template <class T>
void CoreWork<T>::activate(const Piece& piece) {
    const Index tile_columns = data_.x.tiling().width(piece.tile);
    for_chunks(std::span(&piece, 1), [&](const Chunk& chunk) {
        forward_.activate(data_.x.panels(chunk.tile), chunk.column, chunk.columns, data_.tiles.a2(chunk.tile),
                          tile_columns, times());
        forward_.add_sums(data_.means, chunk.columns, sums_.hidden);
    });
}

template <class T>
void CoreWork<T>::output_layer(std::span<const Piece> all, bool with_hidden_deltas, Reduction& reduction) {
    for_chunks(all, [&](const Chunk& chunk) {
        Part own = part(chunk);
        transpose_a2(own.tile, own.column, own.columns, own.a2);
        own.rows = {0, data_.shape.outputs};
        output_delta(own);
        sum_squares(own.chains, own.columns);
        reduction.progress();
        own.rows = {0, data_.shape.hidden};
        back(own);
        if (with_hidden_deltas) hidden_delta(own);
        reduction.progress();
    });
    for (const Piece& piece : all) sums_.columns += piece.columns();
}

template <class T>
void CoreWork<T>::hidden_deltas(std::span<const Piece> all) {
    for_chunks(all, [&](const Chunk& chunk) {
        Part own = part(chunk);
        own.rows = {0, data_.shape.hidden};
        hidden_delta(own);
    });
}

template <class T>
void CoreWork<T>::transpose_a2(const Piece& piece) {
    // Column group by column group: the rest of a panel may belong to another core.
    constexpr Index G = summation::column_group;
    const Index panel = data_.kernels.widths.panel;
    for (Index column = piece.first; column < piece.last; column += G)
        transpose_a2(piece.tile, column, std::min(G, piece.last - column),
                     data_.tiles.a2_columns() + column / panel * panel * data_.shape.hidden + column % panel);
}

template <class T>
void CoreWork<T>::output_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) output_delta(part(tile, block));
}

template <class T>
void CoreWork<T>::sum_squares(const Piece& piece) {
    constexpr Index G = summation::column_group;
    const Index panel = data_.kernels.widths.panel;
    const Index count = pieces(data_.shape.outputs, summation::squares_chain);
    for (Index column = piece.first; column < piece.last; column += G)
        sum_squares(data_.tiles.chains() + column / panel * panel * count + column % panel,
                    std::min(G, piece.last - column));
    sums_.columns += piece.columns();
}

template <class T>
void CoreWork<T>::back_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) back(part(tile, block));
}

template <class T>
void CoreWork<T>::hidden_delta_blocks(Index tile, std::span<const Block> blocks) {
    for (const Block& block : blocks) hidden_delta(part(tile, block));
}

template <class T>
typename CoreWork<T>::Part CoreWork<T>::part(const Chunk& chunk) {
    const Index before = chunk.offset * data_.shape.hidden;
    return {chunk.tile,     chunk.column,   chunk.columns,     {}, a2_columns_.data() + before,
            delta3_.data(), chains_.data(), g_.data() + before};
}

template <class T>
typename CoreWork<T>::Part CoreWork<T>::part(Index tile, const Block& block) {
    const SharedTiles<T>& tiles = data_.tiles;
    const Index column = block.columns.first;
    return {tile,
            column,
            block.columns.last - column,
            block.rows,
            tiles.a2_columns() + column * data_.shape.hidden,
            tiles.delta3_columns() + column * data_.shape.outputs,
            tiles.chains() + column * pieces(data_.shape.outputs, summation::squares_chain),
            g_.data() + column * data_.shape.hidden};
}

/// a2 of some columns, from panels of hidden units into panels of columns.
template <class T>
void CoreWork<T>::transpose_a2(Index tile, Index column, Index columns, T* a2_columns) {
    times().measure(Phase::transpose, [&] {
        data_.kernels.transpose(data_.tiles.a2(tile) + column * data_.kernels.widths.panel,
                                data_.shape.hidden, data_.x.tiling().width(tile), columns, a2_columns);
    });
}

template <class T>
void CoreWork<T>::output_delta(const Part& part) {
    const Shape& s = data_.shape;
    times().measure(Phase::output, [&] {
        data_.kernels.output_delta(
            part.a2, part.columns, data_.weights.w2(), data_.theta + s.b2(), s.hidden, s.outputs, part.rows,
            data_.y.panels(part.tile), part.column, data_.x.tiling().width(part.tile), data_.scales.output(),
            part.delta3, data_.tiles.delta3(part.tile), sums_.biases.data() + s.hidden, part.chains);
    });
}

template <class T>
void CoreWork<T>::sum_squares(const T* chains, Index columns) {
    times().measure(Phase::output, [&] {
        data_.kernels.add_chains(chains, columns, data_.shape.outputs, squares_.data());
        if (!add_squares(std::span(squares_).first(length(columns)), sums_.squares)) sums_.finite = false;
    });
}

template <class T>
void CoreWork<T>::back(const Part& part) {
    const Shape& s = data_.shape;
    times().measure(Phase::back, [&] {
        data_.kernels.back(part.delta3, part.columns, data_.weights.w2_transposed(), s.outputs, s.hidden,
                           part.rows, part.g);
    });
}

template <class T>
void CoreWork<T>::hidden_delta(const Part& part) {
    const Shape& s = data_.shape;
    times().measure(Phase::hidden_delta, [&] {
        data_.kernels.hidden_delta(part.g, part.a2, part.columns, data_.sparsity.data(), s.hidden, part.rows,
                                   part.column, data_.x.tiling().width(part.tile),
                                   data_.scales.hidden().data(), data_.tiles.delta2(part.tile),
                                   sums_.biases.data());
    });
}

template <class T>
void CoreWork<T>::gradient_w2(Index tile, std::span<const Block> blocks, bool first_tile,
                              std::int64_t* sums) {
    const Shape& s = data_.shape;
    const Index columns = data_.x.tiling().width(tile);
    times().measure(Phase::gradient_w2, [&] {
        for (const Block& b : blocks) {
            data_.kernels.gradient_w2(data_.tiles.a2(tile), data_.tiles.delta3(tile), columns, s.hidden,
                                      b.rows, b.columns, data_.scales.output(), first_tile, sums);
            sums_.elements += b.elements();
        }
    });
}

template <class T>
void CoreWork<T>::gradient_w1(Index tile, std::span<const Block> blocks, bool first_tile,
                              std::int64_t* sums) {
    const Index columns = data_.x.tiling().width(tile);
    times().measure(Phase::gradient_w1, [&] {
        for (const Block& b : blocks) {
            data_.kernels.gradient_w1(data_.x.panels(tile), data_.tiles.delta2(tile), columns, b.columns,
                                      b.rows, data_.scales.hidden().data(), x_rows_.groups(), first_tile,
                                      sums);
            sums_.elements += b.elements();
        }
    });
}

template class CoreWork<double>;
template class CoreWork<float>;

}  // namespace sae
