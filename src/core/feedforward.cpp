#include "sae/core/feedforward.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

#include "forward_pass.hpp"
#include "sae/core/aligned.hpp"
#include "sae/core/column_tiles.hpp"
#include "sae/core/length.hpp"
#include "sae/core/summation.hpp"

namespace sae {

namespace {

/// The buffers of one core: a group of images as bytes, in one tile, and the values of the layers.
struct Room {
    ColumnTiles bytes;
    ForwardPass<double> forward;
    /// a2 is in panels of hidden units, k over `group` columns; the others in panels of columns.
    AlignedVector<double> a2, a2_columns, a3;
    PhaseTimes times;

    Room(const Shape& shape, Index outputs, Index group, const TileKernels<double>& kernels,
         const PackedWeights<double>& weights)
        : bytes(shape.inputs, Tiling(group), 0, 1),
          forward(shape, kernels, weights),
          a2(length(pieces(shape.hidden, kernels.widths.panel) * kernels.widths.panel * group)),
          a2_columns(length(group * shape.hidden)),
          a3(length(group * outputs)) {
        assert(group <= summation::min_tile);
    }
};

/// One network. The cores share its packed weights; each works on its share of the groups of images.
class Network {
  public:
    Network(const Shape& shape, std::span<const double> theta, Index outputs, Crew& crew)
        : shape_(shape),
          theta_(theta.data()),
          outputs_(outputs),
          crew_(crew),
          weights_(shape, kernels_, alone_) {
        assert(static_cast<Index>(theta.size()) == shape.size());
        weights_.pack(theta_, 0, 1);
        rooms_.reserve(length(crew.threads()));
        for (int thread = 0; thread < crew.threads(); ++thread)
            rooms_.emplace_back(shape, outputs, group_, kernels_, weights_);
    }

    /// Calls use(room, first image, count) for each group of images. room.a2_columns has its hidden
    /// activations and, if outputs were requested, room.a3 its outputs.
    template <class Use>
    void for_groups(std::span<const std::uint8_t> images, Use use) {
        const Index count = static_cast<Index>(images.size()) / shape_.inputs;
        const Index groups = pieces(count, group_);
        crew_.run([&](int core) {
            const int thread = core - crew_.first_core();
            Room& room = rooms_[length(thread)];
            for (Index g = Tiling::share(groups, thread, crew_.threads());
                 g < Tiling::share(groups, thread + 1, crew_.threads()); ++g) {
                const Index first = g * group_, columns = std::min(group_, count - first);
                compute(room, images.subspan(length(first * shape_.inputs), length(columns * shape_.inputs)),
                        columns);
                use(room, first, columns);
            }
        });
    }

    /// Copies panels of columns into rows, one an image.
    void unpack(const AlignedVector<double>& panels, Index columns, Index rows, double* images) const {
        const Index panel = kernels_.widths.panel;
        for (Index c = 0; c < columns; ++c)
            for (Index k = 0; k < rows; ++k)
                images[c * rows + k] = panels[length((c / panel * rows + k) * panel + c % panel)];
    }

  private:
    void compute(Room& room, std::span<const std::uint8_t> images, Index columns) const {
        room.bytes.put(0, images);
        room.forward.activate(room.bytes.panels(0), 0, columns, room.a2.data(), group_, room.times);
        kernels_.transpose(room.a2.data(), shape_.hidden, group_, columns, room.a2_columns.data());
        if (outputs_ > 0)
            kernels_.output(room.a2_columns.data(), columns, weights_.w2(), theta_ + shape_.b2(),
                            shape_.hidden, shape_.outputs, room.a3.data());
    }

    Shape shape_;
    const double* theta_;
    Index outputs_;
    Crew& crew_;
    const TileKernels<double>& kernels_ = best_kernels().in_double;
    Index group_ = kernels_.columns_together(shape_);
    Crew alone_{1};
    PackedWeights<double> weights_;
    std::vector<Room> rooms_;
};

}  // namespace

void hidden_activations(const Shape& shape, std::span<const double> theta,
                        std::span<const std::uint8_t> images, std::span<double> a2, Crew& crew) {
    Network network(shape, theta, 0, crew);
    network.for_groups(images, [&](const Room& room, Index first, Index columns) {
        network.unpack(room.a2_columns, columns, shape.hidden, a2.data() + first * shape.hidden);
    });
}

void network_outputs(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                     std::span<double> a3, Crew& crew) {
    Network network(shape, theta, shape.outputs, crew);
    network.for_groups(images, [&](const Room& room, Index first, Index columns) {
        network.unpack(room.a3, columns, shape.outputs, a3.data() + first * shape.outputs);
    });
}

}  // namespace sae
