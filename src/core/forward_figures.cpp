#include "sae/core/forward_figures.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <limits>

#include "mean_activations.hpp"
#include "packed_weights.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

constexpr std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

MeanActivations means_of(const Tiling& tiling, Index hidden) {
    return {tiling, hidden, 0};
}

Index padded(Index count, Index width) {
    return pieces(count, width) * width;
}

/// One network on tiles; what threads share and only read.
template <class T>
class Network {
  public:
    Network(const Shape& shape, const ColumnTiles& columns, std::span<const double> theta)
        : shape_(shape),
          columns_(columns),
          theta_(theta.data()),
          means_(means_of(columns.tiling(), shape.hidden)),
          weights_(shape, kernels_, team_) {
        weights_.pack(theta_, 0, 1);
    }

    /// A thread's room for a group of columns, and its sums.
    struct Room {
        Room(const Shape& s, const Widths& w)
            : group(w.columns_together),
              x(group / nonzero_width, s.inputs),
              a2(length(padded(s.hidden, w.panel) * group)),
              a2_columns(length(group * s.hidden)),
              group_sums(length(padded(s.hidden, w.panel) * pieces(group, summation::column_group))),
              deltas(length(group * s.outputs)),
              strips(length(group * padded(s.outputs, w.strip))),
              b2_sums(length(s.outputs)),
              squares_of(length(padded(group, summation::column_group))),
              a2_sums(length(s.hidden)),
              hidden(length(2 * s.hidden + 1)) {}

        Index group;
        NonzeroRoom<T> x;
        AlignedVector<T> a2, a2_columns, group_sums, deltas, strips;
        std::vector<std::int64_t> b2_sums;
        std::vector<double> squares_of;
        std::vector<double> a2_sums;
        std::vector<std::int64_t> hidden;
        ExactSum squares;
    };

    /// Adds a tile to the sums of `room`. The kernel that makes the squares of a training makes the deltas as
    /// well: only so are they the same to the last bit.
    void add(Index tile, Room& room) const {
        const Shape& s = shape_;
        const Index columns = columns_.tiling().width(tile);
        const BytePanels bytes = columns_.panels(tile);
        const Index group = room.group;
        const Index row = padded(s.hidden, kernels_.widths.panel);
        std::ranges::fill(room.a2_sums, 0.0);
        for (Index column = 0; column < columns; column += group) {
            const Index width = std::min(group, columns - column);
            kernels_.widen(bytes, column, width, room.x.groups());
            kernels_.hidden(room.x.groups(), width, weights_.w1(), weights_.b1(), s.inputs, s.hidden,
                            room.a2.data(), group, room.group_sums.data());
            kernels_.transpose(room.a2.data(), s.hidden, group, width, room.a2_columns.data());
            std::ranges::fill(room.squares_of, 0.0);
            // Byte panels start anew with each group of columns: only 0 as the scale, nothing adds up.
            kernels_.output_delta(room.a2_columns.data(), width, weights_.w2(), theta_ + s.b2(), s.hidden,
                                  s.outputs, {bytes.bytes + column * bytes.rows, bytes.rows}, 0, group, 0,
                                  room.deltas.data(), room.strips.data(), room.b2_sums.data(),
                                  room.squares_of.data());
            for (Index g = 0; g < pieces(width, summation::column_group); ++g) {
                const double* const c = room.squares_of.data() + g * summation::column_group;
                room.squares.add(((c[0] + c[1]) + (c[2] + c[3])) + ((c[4] + c[5]) + (c[6] + c[7])));
                for (std::size_t j = 0; j < length(s.hidden); ++j)
                    room.a2_sums[j] += static_cast<double>(room.group_sums[length(g * row) + j]);
            }
        }
        for (std::size_t j = 0; j < length(s.hidden); ++j) means_.add(j, room.a2_sums[j], room.hidden);
    }

  private:
    const Shape& shape_;
    const ColumnTiles& columns_;
    const double* theta_;
    const TileKernels<T>& kernels_ = best_kernels().of<T>();
    MeanActivations means_;
    NoTeam team_;
    PackedWeights<T> weights_;
};

template <class T>
std::vector<std::int64_t> sums_of(const EvaluationSettings& settings, const ColumnTiles& columns,
                                  std::span<const double> theta) {
    const Network<T> network(settings.shape, columns, theta);
    using Room = typename Network<T>::Room;
    std::vector<Room> rooms(length(settings.threads), Room(settings.shape, best_kernels().of<T>().widths));
#pragma omp parallel for num_threads(settings.threads) schedule(dynamic)
    for (Index tile = columns.first_tile(); tile < columns.last_tile(); ++tile)
        network.add(tile, rooms[length(omp_get_thread_num())]);
    std::vector<std::int64_t> hidden(rooms.front().hidden.size());
    std::array<ExactSum, 1> squares;
    for (const Room& room : rooms) {
        squares[0].add(room.squares);
        std::ranges::transform(hidden, room.hidden, hidden.begin(), std::plus<>());
    }
    const std::span<std::int64_t> words = limbs(squares);
    std::vector<std::int64_t> sums(words.begin(), words.end());
    sums.insert(sums.end(), hidden.begin(), hidden.end());
    return sums;
}

}  // namespace

std::vector<std::int64_t> forward_sums(const EvaluationSettings& settings, const ColumnTiles& columns,
                                       std::span<const double> theta) {
    assert(columns.rows() == settings.shape.inputs && columns.rows() == settings.shape.outputs);
    assert(static_cast<Index>(theta.size()) == settings.shape.size());
    return settings.precision == Precision::single_precision ? sums_of<float>(settings, columns, theta)
                                                             : sums_of<double>(settings, columns, theta);
}

ForwardFigures forward_figures(Index hidden, const Tiling& tiling, std::span<const std::int64_t> sums) {
    std::array<ExactSum, 1> squares;
    std::ranges::copy(sums.first(ExactSum::limb_count), limbs(squares).begin());
    MeanActivations means = means_of(tiling, hidden);
    const bool finite = means.set(sums.subspan(ExactSum::limb_count)) && squares[0].finite();
    const auto columns = static_cast<double>(tiling.columns());
    const auto rho_hat = means.rho_hat();
    return {finite ? squares[0].value() / (2 * columns) : std::numeric_limits<double>::infinity(),
            {rho_hat.begin(), rho_hat.end()}};
}

}  // namespace sae
