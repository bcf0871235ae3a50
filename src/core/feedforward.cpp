#include "sae/core/feedforward.hpp"

#include <algorithm>
#include <cassert>

#include "sae/core/aligned.hpp"
#include "sae/core/column_tiles.hpp"

namespace sae {

namespace {

constexpr Index group = column_group * panel_width<double>;

std::size_t length(Index n) {
    return static_cast<std::size_t>(n);
}

/// Calls use(first image, count, panels of a2) for groups of images.
template <class Use>
void for_groups(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                Use use) {
    assert(static_cast<Index>(theta.size()) == shape.size());
    const TileKernels<double>& kernels = best_kernels().in_double;
    const Index strips = pieces(shape.hidden, strip_width);
    AlignedVector<double> w1(length(strips * strip_width * shape.inputs)), x(length(group * shape.inputs)),
        a2(length(group * shape.hidden)), sums(length(panel_width<double> * shape.hidden));
    kernels.pack_rows(theta.data(), shape.hidden, shape.inputs, 0, strips, w1.data());
    const Index count = static_cast<Index>(images.size()) / shape.inputs;
    for (Index first = 0; first < count; first += group) {
        const Index width = std::min(group, count - first);
        ColumnTiles tile(shape.inputs, Tiling(width), 0, Tiling(width).tiles());
        tile.put(0, images.subspan(length(first * shape.inputs), length(width * shape.inputs)));
        for (Index part = 0; part < tile.last_tile(); ++part) {
            const Index columns = tile.tiling().width(part);
            kernels.widen(tile.panels(part), 0, columns, x.data());
            kernels.hidden(x.data(), columns, w1.data(), theta.data() + shape.b1(), shape.inputs,
                           shape.hidden, a2.data(), sums.data());
            use(first + tile.tiling().begin(part), columns, a2.data());
        }
    }
}

/// Panels of columns into rows of images.
void unpack(const double* panels, Index columns, Index rows, double* images) {
    constexpr Index P = panel_width<double>;
    for (Index c = 0; c < columns; ++c)
        for (Index k = 0; k < rows; ++k) images[c * rows + k] = panels[(c / P * rows + k) * P + c % P];
}

}  // namespace

void hidden_activations(const Shape& shape, std::span<const double> theta,
                        std::span<const std::uint8_t> images, std::span<double> a2) {
    for_groups(shape, theta, images, [&](Index first, Index columns, const double* panels) {
        unpack(panels, columns, shape.hidden, a2.data() + first * shape.hidden);
    });
}

void network_outputs(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                     std::span<double> a3) {
    const TileKernels<double>& kernels = best_kernels().in_double;
    const Index strips = pieces(shape.outputs, strip_width);
    AlignedVector<double> w2(length(strips * strip_width * shape.hidden)),
        room(length(group * shape.outputs));
    kernels.pack_rows(theta.data() + shape.w2(), shape.outputs, shape.hidden, 0, strips, w2.data());
    for_groups(shape, theta, images, [&](Index first, Index columns, const double* panels) {
        kernels.output(panels, columns, w2.data(), theta.data() + shape.b2(), shape.hidden, shape.outputs,
                       room.data());
        unpack(room.data(), columns, shape.outputs, a3.data() + first * shape.outputs);
    });
}

}  // namespace sae
