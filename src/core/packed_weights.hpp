#pragma once
#include <algorithm>
#include <span>

#include "sae/core/crew.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

/// The weights of a theta in the strips and panels that the kernels read, shared by a crew.
template <class T>
class PackedWeights {
  public:
    PackedWeights(const Shape& shape, const TileKernels<T>& kernels, Crew& crew)
        : shape_(shape),
          kernels_(kernels),
          w1_(take<T>(crew, w1_length(shape, kernels.widths))),
          b1_(take<T>(crew, b1_length(shape, kernels.widths))),
          w2_(take<T>(crew, w2_length(shape, kernels.widths))),
          w2_transposed_(take<T>(crew, w2_transposed_length(shape, kernels.widths))),
          magnitudes_(take<double>(crew, static_cast<std::size_t>(shape.hidden))) {}

    /// The memory that this takes of a crew.
    [[nodiscard]] static std::size_t bytes(const Shape& s, const Widths& w) {
        return Crew::share(w1_length(s, w) * sizeof(T)) + Crew::share(b1_length(s, w) * sizeof(T)) +
               Crew::share(w2_length(s, w) * sizeof(T)) +
               Crew::share(w2_transposed_length(s, w) * sizeof(T)) +
               Crew::share(static_cast<std::size_t>(s.hidden) * sizeof(double));
    }

    /// Packs one of `parts` shares; whole once all are packed.
    void pack(const double* theta, int part, int parts) {
        const Shape& s = shape_;
        const Widths& w = kernels_.widths;
        const auto share = [&](Index count, int which) { return Tiling::share(count, which, parts); };
        const auto row = [&](Index rows, Index together, int which) {
            return std::min(rows, together * share(pieces(rows, together), which));
        };
        kernels_.pack_units(theta + s.w1(), s.inputs, row(s.hidden, w.unit_share, part),
                            row(s.hidden, w.unit_share, part + 1), w1_.data());
        for (Index j = share(s.hidden, part); j < share(s.hidden, part + 1); ++j)
            b1_[static_cast<std::size_t>(j)] = static_cast<T>(theta[s.b1() + j]);
        const Index strips = pieces(s.hidden, w.strip);
        kernels_.pack_columns(theta + s.w2(), s.outputs, s.hidden, share(strips, part),
                              share(strips, part + 1), w2_transposed_.data(), magnitudes_.data());
        kernels_.pack_rows(theta + s.w2(), s.hidden, row(s.outputs, w.strip, part),
                           row(s.outputs, w.strip, part + 1), w2_.data());
    }

    [[nodiscard]] const T* w1() const { return w1_.data(); }
    /// Of whole panels of units.
    [[nodiscard]] const T* b1() const { return b1_.data(); }
    [[nodiscard]] const T* w2() const { return w2_.data(); }
    [[nodiscard]] const T* w2_transposed() const { return w2_transposed_.data(); }
    /// sum_k |W2_kj| for each hidden unit j.
    [[nodiscard]] std::span<const double> magnitudes() const { return magnitudes_; }

  private:
    static std::size_t padded(Index count, Index width, Index rows = 1) {
        return static_cast<std::size_t>(pieces(count, width) * width * rows);
    }
    static std::size_t w1_length(const Shape& s, const Widths& w) {
        return padded(s.hidden, w.unit_panel, s.inputs);
    }
    static std::size_t b1_length(const Shape& s, const Widths& w) { return padded(s.hidden, w.unit_panel); }
    static std::size_t w2_length(const Shape& s, const Widths& w) {
        return padded(s.outputs, w.strip, s.hidden);
    }
    static std::size_t w2_transposed_length(const Shape& s, const Widths& w) {
        return padded(s.hidden, w.strip, s.outputs);
    }

    template <class U>
    static std::span<U> take(Crew& crew, std::size_t length) {
        return {reinterpret_cast<U*>(crew.memory(length * sizeof(U)).data()), length};
    }

    Shape shape_;
    const TileKernels<T>& kernels_;
    std::span<T> w1_, b1_, w2_, w2_transposed_;
    std::span<double> magnitudes_;
};

}  // namespace sae
