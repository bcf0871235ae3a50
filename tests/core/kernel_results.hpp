#pragma once
// All results of a kernel set for one tile, in row-major order for all widths.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "sae/core/aligned.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"

namespace sae::test {

/// Kinds of images: mostly zeros, as in MNIST; without zeros; or groups of columns and of rows without zeros
/// between others.
enum class Pixels : std::uint8_t { mostly_zero, nonzero, mixed };

/// One tile of images, a network and the scales of its sums.
struct TileProblem {
    Shape shape;
    Index columns;
    std::vector<std::uint8_t> x_bytes, y_bytes;
    std::vector<double> theta, sparsity, scales;
    double output_scale = 0x1p50;

    TileProblem(Shape s, Index m, unsigned seed, Pixels pixels = Pixels::mostly_zero)
        : shape(s),
          columns(m),
          theta(static_cast<std::size_t>(s.size())),
          sparsity(static_cast<std::size_t>(s.hidden)),
          scales(sparsity.size()) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> weights(-1, 1);
        for (double& w : theta) w = weights(random);
        for (double& s_j : sparsity) s_j = 0.1 * weights(random);
        for (double& scale : scales) scale = random() % 2 == 0 ? 0x1p48 : 0x1p51;
        x_bytes = bytes(s.inputs, pixels, random);
        y_bytes = bytes(s.outputs, pixels, random);
    }

    [[nodiscard]] BytePanels x() const { return {x_bytes.data(), shape.inputs}; }
    [[nodiscard]] BytePanels y() const { return {y_bytes.data(), shape.outputs}; }

  private:
    /// Absent columns have numbers too, which must not matter.
    [[nodiscard]] std::vector<std::uint8_t> bytes(Index rows, Pixels pixels, std::mt19937& random) const {
        std::vector<std::uint8_t> result(
            static_cast<std::size_t>(rows * pieces(columns, byte_panel_width) * byte_panel_width));
        for (std::size_t at = 0; at < result.size(); ++at) {
            const std::size_t row = at / byte_panel_width % static_cast<std::size_t>(rows);
            const bool in_full_group = at / 8 % 2 == 1 || row / nonzero_width % 2 == 1;
            if (pixels == Pixels::nonzero || (pixels == Pixels::mixed && in_full_group))
                result[at] = static_cast<std::uint8_t>(1 + random() % 255);
            else if (random() % 4 == 0)
                result[at] = static_cast<std::uint8_t>(random() % 256);
        }
        return result;
    }
};

/// Numbers by name, rows after each other.
template <class T>
struct TileResults {
    std::vector<T> x, a2, group_sums, a3, delta3, delta3_strips, g, delta2;
    std::vector<double> squares, squares_alone, magnitudes;
    std::vector<std::int64_t> wholes, rests, b1, b2, w1, w2;
    bool finite = true;  ///< all sums of activations

    friend bool operator==(const TileResults&, const TileResults&) = default;
};

/// The scales of the integers that sums of activations become.
inline constexpr ActivationScales activation_scales = {0x1p20, 0x1p-20, 0x1p50};

/// Runs the kernels of a set on a tile: its columns in runs of `run` (a multiple of a column group), as many
/// cores would take them, and the gradients in runs of rows.
template <class T>
class TileRun {
  public:
    TileRun(const TileKernels<T>& kernels, const TileProblem& problem, Index run)
        : k_(kernels),
          w_(kernels.widths),
          p_(problem),
          s_(problem.shape),
          m_(problem.columns),
          w1_(room<T>(padded(s_.hidden, w_.unit_panel) * s_.inputs)),
          b1_(room<T>(padded(s_.hidden, w_.unit_panel))),
          w2_(room<T>(padded(s_.outputs, w_.strip) * s_.hidden)),
          w2_transposed_(room<T>(padded(s_.hidden, w_.strip) * s_.outputs)),
          a2_(room<T>(padded(s_.hidden, w_.panel) * m_)),
          strips_(room<T>(padded(s_.outputs, w_.strip) * m_)),
          delta2_(room<T>(padded(s_.hidden, w_.unit_panel) * m_)) {
        pack();
        r_.wholes.resize(length(s_.hidden));
        r_.rests.resize(length(s_.hidden));
        r_.b1.resize(length(s_.hidden));
        r_.b2.resize(length(s_.outputs));
        for (Index column = 0; column < m_; column += run) columns(column, std::min(run, m_ - column));
        append(r_.a2, a2_, s_.hidden, w_.panel, m_);
        append(r_.delta3_strips, strips_, s_.outputs, w_.strip, m_);
        append(r_.delta2, delta2_, s_.hidden, w_.unit_panel, m_);
        gradients();
    }

    [[nodiscard]] const TileResults<T>& results() const { return r_; }

  private:
    static std::size_t length(Index n) { return static_cast<std::size_t>(n); }
    static Index padded(Index count, Index width) { return pieces(count, width) * width; }
    template <class U>
    static AlignedVector<U> room(Index n) {
        // Elements that no kernel writes must not matter.
        return AlignedVector<U>(length(n), std::numeric_limits<U>::quiet_NaN());
    }

    /// Rows of panels of `width`, k over `count`, one row after the other.
    template <class U>
    static void append(std::vector<T>& to, const U& panels, Index rows, Index width, Index count) {
        for (Index row = 0; row < rows; ++row)
            for (Index k = 0; k < count; ++k)
                to.push_back(panels[length((row / width * count + k) * width + row % width)]);
    }

    /// Two parts, of which the first begins and ends at multiples of `width`.
    static std::array<Range, 2> cut(Index end, Index width) {
        const Index middle = end / 2 / width * width;
        return {Range{0, middle}, Range{middle, end}};
    }

    void pack() {
        // In two parts each, as two threads would.
        const auto in_two = [](Index rows, Index together, auto pack) {
            const Index half = rows / 2 / together * together;
            pack(Index{0}, half);
            pack(half, rows);
        };
        in_two(s_.hidden, w_.unit_share, [&](Index first, Index last) {
            k_.pack_units(p_.theta.data() + s_.w1(), s_.inputs, first, last, w1_.data());
        });
        for (Index j = 0; j < s_.hidden; ++j) b1_[length(j)] = static_cast<T>(p_.theta[length(s_.b1() + j)]);
        in_two(s_.outputs, w_.strip, [&](Index first, Index last) {
            k_.pack_rows(p_.theta.data() + s_.w2(), s_.hidden, first, last, w2_.data());
        });
        r_.magnitudes.resize(length(s_.hidden));
        in_two(pieces(s_.hidden, w_.strip), 1, [&](Index first, Index last) {
            k_.pack_columns(p_.theta.data() + s_.w2(), s_.outputs, s_.hidden, first, last,
                            w2_transposed_.data(), r_.magnitudes.data());
        });
    }

    void columns(Index column, Index count) {
        const Index groups = pieces(count, summation::column_group);
        const Index row = padded(s_.hidden, w_.panel), wide = padded(count, w_.panel);
        NonzeroRoom<T> x(groups * (summation::column_group / nonzero_width), s_.inputs);
        k_.widen(p_.x(), column, count, x.groups());
        append_x(x.groups(), count);
        auto sums = room<T>(groups * row);
        T* const a2 = a2_.data() + column * w_.panel;
        k_.hidden(x.groups(), count, w1_.data(), b1_.data(), s_.inputs, s_.hidden, a2, m_, sums.data());
        for (Index g = 0; g < groups; ++g)
            for (Index j = 0; j < s_.hidden; ++j) r_.group_sums.push_back(sums[length(g * row + j)]);
        for (Index g = 0; g < groups; ++g)
            r_.finite = k_.add_activations(sums.data() + g * row, s_.hidden, activation_scales,
                                           r_.wholes.data(), r_.rests.data()) &&
                        r_.finite;
        auto a2_columns = room<T>(wide * s_.hidden), a3 = room<T>(wide * s_.outputs),
             delta3 = room<T>(wide * s_.outputs), g = room<T>(wide * s_.hidden);
        const double* const b2 = p_.theta.data() + s_.b2();
        k_.transpose(a2, s_.hidden, m_, count, a2_columns.data());
        k_.output(a2_columns.data(), count, w2_.data(), b2, s_.hidden, s_.outputs, a3.data());
        append(r_.a3, a3, count, w_.panel, s_.outputs);
        r_.squares.resize(length(column + count));
        r_.squares_alone.resize(length(column + count));
        k_.squares(a3.data(), count, s_.outputs, p_.y(), column, r_.squares_alone.data() + column);
        auto chains = room<T>(wide * pieces(s_.outputs, summation::squares_chain));
        for (const Range& outputs : cut(s_.outputs, w_.strip))
            k_.output_delta(a2_columns.data(), count, w2_.data(), b2, s_.hidden, s_.outputs, outputs, p_.y(),
                            column, m_, p_.output_scale, delta3.data(), strips_.data(), r_.b2.data(),
                            chains.data());
        append(r_.delta3, delta3, count, w_.panel, s_.outputs);
        k_.add_chains(chains.data(), count, s_.outputs, r_.squares.data() + column);
        for (const Range& units : cut(s_.hidden, w_.strip))
            k_.back(delta3.data(), count, w2_transposed_.data(), s_.outputs, s_.hidden, units, g.data());
        append(r_.g, g, count, w_.panel, s_.hidden);
        for (const Range& units : cut(s_.hidden, w_.strip))
            k_.hidden_delta(g.data(), a2_columns.data(), count, p_.sparsity.data(), s_.hidden, units, column,
                            m_, p_.scales.data(), delta2_.data(), r_.b1.data());
    }

    /// x of all columns, the rows that were left out as zeros.
    void append_x(NonzeroGroups<T> x, Index count) {
        for (Index i = 0; i < count; ++i) {
            std::vector<T> column(length(s_.inputs));
            const Index g = i / nonzero_width;
            for (Index n = 0; n < x.count[g]; ++n) {
                const Index at = g * x.capacity + n;
                column[x.offset[at] /
                       static_cast<std::uint32_t>(w_.unit_panel * static_cast<Index>(sizeof(T)))] =
                    x.numbers[at * nonzero_width + i % nonzero_width];
            }
            r_.x.insert(r_.x.end(), column.begin(), column.end());
        }
    }

    /// Twice, as of a first tile and another one that is the same.
    void gradients() {
        r_.w1.resize(length(s_.hidden * s_.inputs), 7);
        r_.w2.resize(length(s_.outputs * s_.hidden), 7);
        NonzeroRoom<T> rows(w_.gradient_rows / nonzero_width, m_);
        for (const bool first : {true, false}) {
            for (const Range& outputs : cut(s_.outputs, w_.strip))
                for (const Range& units : cut(s_.hidden, w_.panel))
                    k_.gradient_w2(a2_.data(), strips_.data(), m_, s_.hidden, outputs, units, p_.output_scale,
                                   first, r_.w2.data());
            for (const Range& inputs : cut(s_.inputs, byte_panel_width))
                for (const Range& units : cut(s_.hidden, w_.unit_panel))
                    k_.gradient_w1(p_.x(), delta2_.data(), m_, units, inputs, p_.scales.data(), rows.groups(),
                                   first, r_.w1.data());
        }
    }

    const TileKernels<T>& k_;
    const Widths& w_;
    const TileProblem& p_;
    const Shape& s_;
    Index m_;
    AlignedVector<T> w1_, b1_, w2_, w2_transposed_, a2_, strips_, delta2_;
    TileResults<T> r_;
};

}  // namespace sae::test
