#include "sae/core/forward_figures.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <limits>

#include "forward_pass.hpp"
#include "mean_activations.hpp"
#include "packed_weights.hpp"
#include "sae/core/length.hpp"
#include "work_shares.hpp"

namespace sae {

namespace {

MeanActivations means_of(const Tiling& tiling, Index hidden) {
    return {tiling.columns(), hidden, 0};
}

/// One network and the columns: what cores share and only read.
template <class T>
class Network {
  public:
    Network(const Shape& shape, const ColumnTiles& columns, std::span<const double> theta)
        : shape_(shape),
          columns_(columns),
          theta_(theta.data()),
          means_(means_of(columns.tiling(), shape.hidden)),
          weights_(shape, kernels_, alone_) {
        weights_.pack(theta_, 0, 1);
    }

    /// A core's room for a group of columns, and its sums.
    struct Room {
        explicit Room(const Network& n)
            : forward(n.shape_, n.kernels_, n.weights_),
              a2(length(pieces(n.shape_.hidden, n.kernels_.widths.panel) * n.kernels_.widths.panel *
                        n.group_)),
              a2_columns(length(n.group_ * n.shape_.hidden)),
              a3(length(n.group_ * n.shape_.outputs)),
              squares(length(n.group_)),
              hidden(MeanActivations::sums_length(n.shape_.hidden)) {}

        ForwardPass<T> forward;
        AlignedVector<T> a2, a2_columns, a3;
        AlignedVector<double> squares;
        std::vector<std::int64_t> hidden;
        ExactSum sum;
        bool finite = true;
        PhaseTimes times;
    };

    /// Adds a piece of a tile to the sums of `room`.
    void add(const Piece& piece, Room& room) const {
        const Shape& s = shape_;
        const BytePanels bytes = columns_.panels(piece.tile);
        for (Index column = piece.first; column < piece.last; column += group_) {
            const Index width = std::min(group_, piece.last - column);
            // activate() writes to column `column` of the panels; this room begins with that column.
            room.forward.activate(bytes, column, width, room.a2.data() - column * kernels_.widths.panel,
                                  group_, room.times);
            room.forward.add_sums(means_, width, room.hidden);
            kernels_.transpose(room.a2.data(), s.hidden, group_, width, room.a2_columns.data());
            kernels_.output(room.a2_columns.data(), width, weights_.w2(), theta_ + s.b2(), s.hidden,
                            s.outputs, room.a3.data());
            kernels_.squares(room.a3.data(), width, s.outputs, bytes, column, room.squares.data());
            if (!add_squares(std::span(room.squares).first(length(width)), room.sum)) room.finite = false;
        }
    }

    [[nodiscard]] Index columns_together() const { return group_; }

  private:
    const Shape& shape_;
    const ColumnTiles& columns_;
    const double* theta_;
    const TileKernels<T>& kernels_ = best_kernels().of<T>();
    Index group_ = kernels_.columns_together(shape_);
    MeanActivations means_;
    Crew alone_{1};
    PackedWeights<T> weights_;
};

template <class T>
std::vector<std::int64_t> sums_of(const EvaluationSettings& settings, const ColumnTiles& columns,
                                  std::span<const double> theta, const CoreShare& share) {
    const Network<T> network(settings.shape, columns, theta);
    using Room = typename Network<T>::Room;
    Crew& crew = *settings.crew;
    std::vector<Room> rooms(length(crew.threads()), Room(network));
    const Wave all{columns.first_tile(), columns.last_tile()};
    crew.run([&](int core) {
        const int thread = core - crew.first_core();
        Room& room = rooms[length(thread)];
        for (const Piece& piece :
             pieces_of(columns.tiling(), all, share.first + thread, share.all, network.columns_together()))
            network.add(piece, room);
    });
    std::vector<std::int64_t> hidden(rooms.front().hidden.size());
    std::array<ExactSum, 1> squares;
    for (const Room& room : rooms) {
        squares[0].add(room.sum);
        if (!room.finite) squares[0].add(std::numeric_limits<double>::infinity());
        std::ranges::transform(hidden, room.hidden, hidden.begin(), std::plus<>());
    }
    const std::span<std::int64_t> words = limbs(squares);
    std::vector<std::int64_t> sums(words.begin(), words.end());
    sums.insert(sums.end(), hidden.begin(), hidden.end());
    return sums;
}

}  // namespace

std::vector<std::int64_t> forward_sums(const EvaluationSettings& settings, const ColumnTiles& columns,
                                       std::span<const double> theta, const CoreShare& share) {
    assert(columns.rows() == settings.shape.inputs && columns.rows() == settings.shape.outputs);
    assert(static_cast<Index>(theta.size()) == settings.shape.size());
    return settings.precision == Precision::single_precision
               ? sums_of<float>(settings, columns, theta, share)
               : sums_of<double>(settings, columns, theta, share);
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
