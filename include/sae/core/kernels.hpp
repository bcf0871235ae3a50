#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "sae/core/nonzero_groups.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Columns (or rows) side by side in a panel, the operand of a product that is read as vectors: element
/// (i, k) of panel p is at p * k_count * panel_width + k * panel_width + i. Two AVX-512 registers.
template <class T>
inline constexpr Index panel_width = 128 / static_cast<Index>(sizeof(T));

/// Rows side by side in a strip, the operand of a product that is read one number at a time:
/// element (j, k) of strip s is at s * k_count * strip_width + k * strip_width + j.
inline constexpr Index strip_width = 12;

/// Hidden units side by side in a panel of units, the operand of a product with NonzeroGroups: element (j, k)
/// of panel u is at u * k_count * unit_panel_width + k * unit_panel_width + j. Six AVX-512 registers.
template <class T>
inline constexpr Index unit_panel_width = 384 / static_cast<Index>(sizeof(T));

/// Units that are packed into a panel of units at a time: a cache line, or half of one.
inline constexpr Index unit_share = 8;

/// Images side by side in the panels of bytes that a shard is stored in.
inline constexpr Index byte_panel_width = 16;

/// How many panels (strips) of `width` hold `count`.
[[nodiscard]] constexpr Index pieces(Index count, Index width) {
    return (count + width - 1) / width;
}

/// Bytes of columns in panels: byte (i, k) of panel p is at p * rows * 16 + k * 16 + i.
struct BytePanels {
    const std::uint8_t* bytes = nullptr;
    Index rows = 0;
};

/// The gradient's products of one tile, added to sums of type `Sum` over all tiles, or put in their place if
/// the tile is the first: int64 for exact sums, or double, of which every addition rounds, to compare them
/// with. For exact sums, the tile's sum over its columns is multiplied by its scale and rounded to an integer
/// first.
template <class T, class Sum>
struct GradientKernels {
    /// dW2 += delta3 a2^T (outputs x hidden), all by one scale.
    void (*w2)(const T* a2_transposed, const T* delta3, Index columns, Index hidden, Index outputs,
               double scale, bool first, Sum* sums);
    /// dW1 += delta2 x^T (hidden x inputs), row j by scales[j]; delta2 in panels of units, k over the
    /// columns; there is room for gradient_rows rows of x in groups, k over `columns`.
    void (*w1)(BytePanels x, const T* delta2, Index columns, Index hidden, const double* scales,
               NonzeroGroups<T> room, bool first, Sum* sums);
};

/// The arithmetic of one tile, compiled once for each instruction set. No function depends on where its
/// operands lie in memory, on the number of threads or on the vector width: an element's chain of operations
/// is fixed. All buffers are aligned to 64 bytes; the columns beyond `columns` in a last panel count as
/// absent. The formulas: see Evaluation.
template <class T>
struct TileKernels {
    /// Rows [first, last) of a row-major matrix into strips, k over its columns; `first` is a multiple of
    /// strip_width.
    void (*pack_rows)(const double* matrix, Index columns, Index first, Index last, T* strips);
    /// The same into panels of units; `first` is a multiple of unit_share.
    void (*pack_units)(const double* matrix, Index columns, Index first, Index last, T* panels);
    /// Columns of a row-major matrix into strips [first, last), k over its rows: the transposed matrix. What
    /// a last strip lacks is left as it is. Of these columns magnitudes[j] becomes the sum over the rows of
    /// |matrix(row, j)|.
    void (*pack_columns)(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips,
                         double* magnitudes);
    /// Bytes of columns [column, column + columns) of a tile, `column` a multiple of byte_panel_width,
    /// divided by 255 (correctly rounded), into groups, for a product with panels of units.
    void (*widen)(BytePanels tile, Index column, Index columns, NonzeroGroups<T> x);
    /// a2 = f(W1 x + b1) for `columns` columns, into panels of hidden units, k over the columns: `a2` is
    /// where the first of these columns is in the first panel, and `tile_columns` a panel's. sums[unit]
    /// becomes each unit's sum over the columns. W1 in panels of units; b1, a2 and sums of whole panels.
    void (*hidden)(NonzeroGroups<T> x, Index columns, const T* w1, const T* b1, Index inputs, Index hidden,
                   T* a2, Index tile_columns, T* sums);
    /// a3 = f(W2 a2 + b2), into panels.
    void (*output)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden, Index outputs,
                   T* a3);
    /// delta3 = -(y - a3) f'(z3) into panels and, transposed, into strips of `tile_columns` (k over columns)
    /// from column `column` on; adds the deltas to sums[output][panel_width] and (y - a3)^2 to
    /// squares[panel_width].
    void (*output_delta)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden,
                         Index outputs, BytePanels y, Index column, Index tile_columns, T* delta3, T* strips,
                         T* sums, double* squares);
    /// g = W2^T delta3, into panels.
    void (*back)(const T* delta3, Index columns, const T* w2_transposed, Index outputs, Index hidden, T* g);
    /// delta2 = (g + sparsity[unit]) a2 (1 - a2) into panels of units, k over the columns; adds it to
    /// sums[unit][panel_width].
    void (*hidden_delta)(const T* g, const T* a2, Index columns, const double* sparsity, Index hidden,
                         T* panels, T* sums);
    /// Panels of columns into panels of rows, k over the columns; what the last panel lacks becomes 0.
    void (*transpose)(const T* panels, Index columns, Index rows, T* transposed);
    GradientKernels<T, std::int64_t> exact_gradient;
    GradientKernels<T, double> rounding_gradient;

    template <class Sum>
    [[nodiscard]] const GradientKernels<T, Sum>& gradient() const {
        if constexpr (std::is_same_v<Sum, std::int64_t>)
            return exact_gradient;
        else
            return rounding_gradient;
    }
};

/// Panels that are worked on together, so that they and one strip stay in the second-level cache.
inline constexpr Index column_group = 4;
inline constexpr Index gradient_group = 8;
/// Rows of x that are worked on together: delta2's panel and they stay in the second-level cache.
inline constexpr Index gradient_rows = 128;

/// The kernels of one instruction set.
struct KernelSet {
    std::string_view name;  ///< "AVX-512", "AVX2", "baseline" or "native: ..."
    bool (*runs_here)();    ///< whether this processor has all the instructions
    TileKernels<double> in_double;
    TileKernels<float> in_single;
    /// Multiply-adds on registers alone for about `seconds`; returns floating-point operations a second.
    double (*peak_double)(double seconds);
    double (*peak_single)(double seconds);
    int vector_bits;  ///< of a register

    template <class T>
    [[nodiscard]] const TileKernels<T>& of() const {
        if constexpr (std::is_same_v<T, double>)
            return in_double;
        else
            return in_single;
    }
};

/// All sets in this build, the widest vectors first.
[[nodiscard]] std::span<const KernelSet* const> kernel_sets();

/// The first set that this processor can run. Throws Error when there is none (a native build on another
/// processor): the text says what is missing and how to build for it.
[[nodiscard]] const KernelSet& best_kernels();

}  // namespace sae
