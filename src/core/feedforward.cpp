#include "sae/core/feedforward.hpp"

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "sae/core/aligned.hpp"
#include "sae/core/column_tiles.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

Index padded(Index count, Index width) {
    return pieces(count, width) * width;
}

/// What a thread works in: a group of images as bytes and in panels, and what the layers make of it.
struct Room {
    const Widths& widths;
    Index group;  ///< images that a thread takes at a time
    ColumnTiles bytes;
    NonzeroRoom<double> x;
    /// a2 in panels of hidden units, of `group` columns each; the others in panels of columns.
    AlignedVector<double> a2, sums, a2_columns, a3;

    Room(const Shape& shape, Index outputs)
        : widths(best_kernels().in_double.widths),
          group(widths.columns_together),
          bytes(shape.inputs, Tiling(group), 0, 1),
          x(group / nonzero_width, shape.inputs),
          a2(length(padded(shape.hidden, widths.panel) * group)),
          sums(length(padded(shape.hidden, widths.panel) * pieces(group, summation::column_group))),
          a2_columns(length(group * shape.hidden)),
          a3(length(group * outputs)) {
        assert(bytes.tiling().tiles() == 1);
    }
};

/// W1 in panels of units, and b1 of whole ones.
struct HiddenLayer {
    AlignedVector<double> w1, b1;

    HiddenLayer(const TileKernels<double>& kernels, const Shape& shape, const double* theta)
        : w1(length(padded(shape.hidden, kernels.widths.unit_panel) * shape.inputs)),
          b1(length(padded(shape.hidden, kernels.widths.unit_panel))) {
        kernels.pack_units(theta + shape.w1(), shape.inputs, 0, shape.hidden, w1.data());
        std::copy_n(theta + shape.b1(), shape.hidden, b1.begin());
    }
};

/// Calls use(room, first image, count) for groups of images once room.a2_columns holds their activations.
/// What it allocates, it allocates on one thread: an exception must not leave a parallel region.
template <class Use>
void for_groups(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                int threads, Index outputs, Use use) {
    assert(static_cast<Index>(theta.size()) == shape.size());
    const TileKernels<double>& kernels = best_kernels().in_double;
    const Index group = kernels.widths.columns_together;
    const HiddenLayer layer(kernels, shape, theta.data());
    const Index count = static_cast<Index>(images.size()) / shape.inputs;
    const auto workers = static_cast<int>(std::clamp<Index>(pieces(count, group), 1, threads));
    std::vector<Room> rooms(length(workers), Room(shape, outputs));
#pragma omp parallel for num_threads(workers) schedule(dynamic)
    for (Index first = 0; first < count; first += group) {
        Room& room = rooms[length(omp_get_thread_num())];
        const Index width = std::min(group, count - first);
        room.bytes.put(0, images.subspan(length(first * shape.inputs), length(width * shape.inputs)));
        kernels.widen(room.bytes.panels(0), 0, width, room.x.groups());
        kernels.hidden(room.x.groups(), width, layer.w1.data(), layer.b1.data(), shape.inputs, shape.hidden,
                       room.a2.data(), group, room.sums.data());
        kernels.transpose(room.a2.data(), shape.hidden, group, width, room.a2_columns.data());
        use(room, first, width);
    }
}

/// Panels of columns into rows of images.
void unpack(Index P, const double* panels, Index columns, Index rows, double* images) {
    for (Index c = 0; c < columns; ++c)
        for (Index k = 0; k < rows; ++k) images[c * rows + k] = panels[(c / P * rows + k) * P + c % P];
}

}  // namespace

void hidden_activations(const Shape& shape, std::span<const double> theta,
                        std::span<const std::uint8_t> images, std::span<double> a2, int threads) {
    for_groups(shape, theta, images, threads, 0, [&](Room& room, Index first, Index columns) {
        unpack(room.widths.panel, room.a2_columns.data(), columns, shape.hidden,
               a2.data() + first * shape.hidden);
    });
}

void network_outputs(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                     std::span<double> a3, int threads) {
    const TileKernels<double>& kernels = best_kernels().in_double;
    AlignedVector<double> w2(length(padded(shape.outputs, kernels.widths.strip) * shape.hidden));
    kernels.pack_rows(theta.data() + shape.w2(), shape.hidden, 0, shape.outputs, w2.data());
    for_groups(shape, theta, images, threads, shape.outputs, [&](Room& room, Index first, Index columns) {
        kernels.output(room.a2_columns.data(), columns, w2.data(), theta.data() + shape.b2(), shape.hidden,
                       shape.outputs, room.a3.data());
        unpack(room.widths.panel, room.a3.data(), columns, shape.outputs, a3.data() + first * shape.outputs);
    });
}

}  // namespace sae
