#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "sae/core/aligned.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

/// The weights of a theta in the strips and panels that the kernels read.
template <class T>
class PackedWeights {
  public:
    PackedWeights(const Shape& shape, const TileKernels<T>& kernels)
        : shape_(shape),
          kernels_(kernels),
          w1_(padded(shape.hidden, unit_panel_width<T>) * static_cast<std::size_t>(shape.inputs)),
          b1_(padded(shape.hidden, unit_panel_width<T>)),
          w2_(padded(shape.outputs, strip_width) * static_cast<std::size_t>(shape.hidden)),
          w2_transposed_(padded(shape.hidden, strip_width) * static_cast<std::size_t>(shape.outputs)),
          magnitudes_(static_cast<std::size_t>(shape.hidden)) {}

    /// Packs one thread's share; whole once all of `threads` have.
    void pack(const double* theta, int thread, int threads) {
        const Shape& s = shape_;
        const auto share = [&](Index count, int part) { return Tiling::share(count, part, threads); };
        const Index hidden_strips = pieces(s.hidden, strip_width);
        const Index output_strips = pieces(s.outputs, strip_width);
        const Index from = share(hidden_strips, thread), to = share(hidden_strips, thread + 1);
        const Index panels = pieces(s.hidden, unit_panel_width<T>);
        kernels_.pack_units(theta + s.w1(), s.hidden, s.inputs, share(panels, thread),
                            share(panels, thread + 1), w1_.data());
        for (Index j = share(s.hidden, thread); j < share(s.hidden, thread + 1); ++j)
            b1_[static_cast<std::size_t>(j)] = static_cast<T>(theta[s.b1() + j]);
        kernels_.pack_columns(theta + s.w2(), s.outputs, s.hidden, from, to, w2_transposed_.data());
        kernels_.pack_rows(theta + s.w2(), s.outputs, s.hidden, share(output_strips, thread),
                           share(output_strips, thread + 1), w2_.data());
        kernels_.column_magnitudes(theta + s.w2(), s.outputs, s.hidden,
                                   std::min(s.hidden, from * strip_width),
                                   std::min(s.hidden, to * strip_width), magnitudes_.data());
    }

    [[nodiscard]] const T* w1() const { return w1_.data(); }
    /// Of whole panels of units.
    [[nodiscard]] const T* b1() const { return b1_.data(); }
    [[nodiscard]] const T* w2() const { return w2_.data(); }
    [[nodiscard]] const T* w2_transposed() const { return w2_transposed_.data(); }
    /// sum_k |W2_kj| for each hidden unit j.
    [[nodiscard]] std::span<const double> magnitudes() const { return magnitudes_; }

  private:
    static std::size_t padded(Index count, Index width) {
        return static_cast<std::size_t>(pieces(count, width) * width);
    }

    Shape shape_;
    const TileKernels<T>& kernels_;
    AlignedVector<T> w1_, b1_, w2_, w2_transposed_;
    std::vector<double> magnitudes_;
};

}  // namespace sae
