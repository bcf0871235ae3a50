#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "sae/core/nonzero_groups.hpp"
#include "sae/core/shape.hpp"

namespace sae {

// The layouts of the kernels' operands. All store a matrix in runs of `width` neighbouring rows, so that the
// numbers that one register takes are next to each other: of K numbers a row, number k of row i of run p is
// at (p * K + k) * width + i. The rows that a last run lacks are padding.
//
//     layout         width               rows (i)                         read
//     byte panels    byte_panel_width    images                           pixel by pixel (k), as bytes
//     panels         Widths::panel       images, or hidden units          as vectors
//     strips         Widths::strip       hidden units, or outputs         one number at a time
//     unit panels    Widths::unit_panel  hidden units                     as vectors, with NonzeroGroups
//
// "Panels of columns" have columns (images) as rows i, and units or outputs as k; "panels of hidden units"
// have the columns of a tile as k.

/// Images side by side in the panels of bytes in which a node keeps its images.
inline constexpr Index byte_panel_width = 16;

/// count / width, rounded up: how many panels (strips) of `width` hold `count` rows. Always inlined: kernels
/// are compiled for more than one instruction set, and a shared copy of this function might have instructions
/// that this processor lacks.
[[nodiscard, gnu::always_inline]] constexpr Index pieces(Index count, Index width) {
    return (count + width - 1) / width;
}

/// The images of a tile in byte panels.
struct BytePanels {
    const std::uint8_t* bytes = nullptr;
    Index rows = 0;  ///< pixels of an image
};

/// How the sum S of a hidden unit's activations over a column group becomes two integers: S whole, rounded,
/// and the rest that this rounding leaves, times `rest`, rounded. All are powers of two.
struct ActivationScales {
    double whole = 1;
    double whole_unit = 1;  ///< 1 / whole
    double rest = 1;
};

/// Rows or columns [first, last) of a matrix.
struct Range {
    Index first = 0;
    Index last = 0;
};

/// The widths of a kernel set's layouts, and how much its kernels work on at a time, for numbers of one type.
/// They decide speed and the size of buffers, and no bit of a result (summation.hpp has what decides bits).
struct Widths {
    Index panel = 0;  ///< a multiple of summation::column_group
    Index strip = 0;
    Index unit_panel = 0;
    /// Hidden units that pack_units() packs together.
    Index unit_share = 0;
    /// Columns that widen(), hidden(), transpose(), output_delta() and back() best work on at a time, a
    /// multiple of `panel`: see TileKernels::columns_together().
    Index columns_together = 0;
    /// Rows of x (pixels) that gradient_w1() needs room for.
    Index gradient_rows = 0;

    friend constexpr bool operator==(const Widths&, const Widths&) = default;
};

/// The arithmetic of one tile, compiled once for each instruction set; Evaluation has the formulas. No result
/// depends on where operands are in memory, on the number of threads, on the widths or on the instruction
/// set: an element's chain of operations is fixed, and sums over columns are those of summation.hpp.
///
/// All buffers are aligned to 64 bytes. What a kernel reads as padding counts as absent, and what it writes
/// there means nothing.
///
/// Cores can share a tile. widen() to hidden_delta() work on `columns` of its columns, from `column` on, a
/// multiple of summation::column_group; output_delta(), back() and hidden_delta() also on a range of the
/// layer's rows. The gradients work on a block of dW2 or dW1, over all columns of the tile.
///
/// Integer sums: a column group's sum (or a product's element) is multiplied by its scale, a power of two, in
/// double, rounded to the nearest integer, ties to even, and added. It must be within the bound that the
/// scale was made for, or the result differs between processors. So a caller checks that all squares are
/// finite before it uses the sums of output_delta() or calls gradient_w2(), and that the weights and the
/// sparsity term keep delta2 within its bound before it calls hidden_delta().
template <class T>
struct TileKernels {
    Widths widths;

    // Packing of weights. `matrix` is row-major.

    /// Rows [first, last) of a matrix into strips, k over its columns. `first` is a multiple of widths.strip.
    void (*pack_rows)(const double* matrix, Index columns, Index first, Index last, T* strips);
    /// The same into unit panels. `first` is a multiple of widths.unit_share.
    void (*pack_units)(const double* matrix, Index columns, Index first, Index last, T* panels);
    /// The columns of a matrix into strips [first, last), k over its rows: the transposed matrix. The padding
    /// of a last strip is not written. magnitudes[j] of these columns becomes the sum over the rows of
    /// |matrix(row, j)|.
    void (*pack_columns)(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips,
                         double* magnitudes);

    // The hidden layer.

    /// Columns [column, column + columns) of a tile as numbers, byte / 255 correctly rounded, into groups,
    /// for a product with unit panels. There is room for whole column groups.
    void (*widen)(BytePanels tile, Index column, Index columns, NonzeroGroups<T> x);
    /// a2 = f(W1 x + b1) of `columns` columns, into panels of hidden units. w1 and b1 are in unit panels (b1:
    /// `hidden` numbers and padding). `a2` is where the first of these columns is in the first panel, and
    /// tile_columns is k's count. For each column group g of the call, group_sums[g * padded + unit] becomes
    /// the unit's sum over the group; `padded` is `hidden` rounded up to whole panels.
    void (*hidden)(NonzeroGroups<T> x, Index columns, const T* w1, const T* b1, Index inputs, Index hidden,
                   T* a2, Index tile_columns, T* group_sums);
    /// Adds the sums of all units over one column group, as hidden() leaves them, to wholes[unit] and
    /// rests[unit]. False if one of them is not finite; the integers are then meaningless.
    bool (*add_activations)(const T* of_group, Index hidden, ActivationScales scales, std::int64_t* wholes,
                            std::int64_t* rests);
    /// `columns` columns from panels of hidden units into panels of columns. `panels` is where the first of
    /// these columns is in the first panel. What the last column group lacks becomes 0.
    void (*transpose)(const T* panels, Index units, Index tile_columns, Index columns, T* transposed);

    // The output layer. a2, a3, delta3 and g are in panels of columns, w2 and w2_transposed in strips.

    /// a3 = f(W2 a2 + b2).
    void (*output)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden, Index outputs,
                   T* a3);
    /// delta3 = -(y - a3) f'(z3) of a `range` of the outputs, which begins and ends at a multiple of
    /// widths.strip or at the end. It goes to two places: into panels of columns (k over all outputs), and
    /// into strips (k over tile_columns) from column `column` on. Adds the sums over each column group, by
    /// `scale`, to b2_sums[output]. `chains` takes the chains of (a3 - y)^2, each over
    /// summation::squares_chain outputs, in panels of columns, k over the chains of all outputs.
    void (*output_delta)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden,
                         Index outputs, Range range, BytePanels y, Index column, Index tile_columns,
                         double scale, T* delta3, T* strips, std::int64_t* b2_sums, T* chains);
    /// squares[i] becomes column i's sum of (a3 - y)^2: the chains of all outputs, added in double in their
    /// order.
    void (*add_chains)(const T* chains, Index columns, Index outputs, double* squares);
    /// squares[i] becomes the same sum, computed from a3.
    void (*squares)(const T* a3, Index columns, Index outputs, BytePanels y, Index column, double* squares);

    // Back to the hidden layer.

    /// g = W2^T delta3 of a range of units, k over all units. The range begins and ends at a multiple of
    /// widths.strip or at the end.
    void (*back)(const T* delta3, Index columns, const T* w2_transposed, Index outputs, Index hidden,
                 Range units, T* g);
    /// delta2 = (g + sparsity[unit]) a2 (1 - a2) of a range of units as in back(), of g and a2 in panels of
    /// columns, into unit panels (k over tile_columns) from column `column` on. Adds the sums over each
    /// column group, by scales[unit], to b1_sums[unit].
    void (*hidden_delta)(const T* g, const T* a2, Index columns, const double* sparsity, Index hidden,
                         Range range, Index column, Index tile_columns, const double* scales, T* panels,
                         std::int64_t* b1_sums);

    // The gradients of a tile of `columns` columns. They add to `sums`, the integer sums over tiles, or store
    // their products there if this tile is the `first`.

    /// A block of dW2 += delta3 a2^T, `outputs` x `units`, all by one scale; a2 is in panels of hidden units,
    /// delta3 in strips. The block begins and ends at multiples of widths.strip and widths.panel, or at the
    /// end. `sums` is all of dW2 (outputs x hidden).
    void (*gradient_w2)(const T* a2, const T* delta3_strips, Index columns, Index hidden, Range outputs,
                        Range units, double scale, bool first, std::int64_t* sums);
    /// A block of dW1 += delta2 x^T, `units` x `inputs`, row j by scales[j]; delta2 is in unit panels. Units
    /// begin and end at multiples of widths.unit_panel, or at the end. It is fastest if inputs begin at a
    /// multiple of nonzero_width; with multiples of 16 no two cores write to one cache line of `sums`. `sums`
    /// is all of dW1 (hidden x inputs). `room` has space for widths.gradient_rows rows of x, k over
    /// `columns`.
    void (*gradient_w1)(BytePanels x, const T* delta2, Index columns, Range units, Range inputs,
                        const double* scales, NonzeroGroups<T> room, bool first, std::int64_t* sums);

    /// How many columns are best worked on at a time on this processor, so that they stay in its cache, where
    /// the longest product is over `k` numbers: a multiple of widths.panel and byte_panel_width, at most
    /// widths.columns_together.
    [[nodiscard]] Index columns_together(Index k) const;
    /// The same for all products of a network.
    [[nodiscard]] Index columns_together(const Shape& shape) const;
};

/// The kernels of one instruction set.
struct KernelSet {
    std::string_view name;    ///< "AVX-512", "AVX2", "NEON" or "scalar"
    std::string_view option;  ///< as SAE_KERNELS has it: "avx512", "avx2", "neon" or "scalar"
    bool (*runs_here)();      ///< whether this processor has all the instructions
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

/// All sets in this build, the fastest first.
[[nodiscard]] std::span<const KernelSet* const> kernel_sets();

/// The set of this name, as SAE_KERNELS has it, or the fastest that this processor can run if the name is
/// empty. Throws Error if there is none, or this processor cannot run it: the text lists those it can.
[[nodiscard]] const KernelSet& kernels_named(std::string_view option);

/// The set that the environment variable SAE_KERNELS names, or else the fastest; it is chosen once. Throws as
/// kernels_named() does.
[[nodiscard]] const KernelSet& best_kernels();

}  // namespace sae
