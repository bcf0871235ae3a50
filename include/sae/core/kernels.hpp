#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "sae/core/nonzero_groups.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Images side by side in the panels of bytes that a shard is stored in.
inline constexpr Index byte_panel_width = 16;

/// How many panels (strips) of `width` hold `count`. Always inlined: kernels are compiled for more than one
/// instruction set, and no copy of a shared function may hold a wider one's instructions.
[[nodiscard, gnu::always_inline]] constexpr Index pieces(Index count, Index width) {
    return (count + width - 1) / width;
}

/// Bytes of columns in panels: byte (i, k) of panel p is at p * rows * 16 + k * 16 + i.
struct BytePanels {
    const std::uint8_t* bytes = nullptr;
    Index rows = 0;
};

/// How the sum of a unit's activations over a column group becomes two integers: whole units, and what is
/// left of them in smaller units. All are powers of two.
struct ActivationScales {
    double whole = 1;       ///< units in 1
    double whole_unit = 1;  ///< 1 / whole
    double rest = 1;        ///< units of the rest in 1
};

/// Rows or columns of a matrix.
struct Range {
    Index first = 0;
    Index last = 0;  ///< behind the last one
};

/// The sizes of a kernel set's operands for numbers of one type. They decide speed and how large buffers are,
/// and no bit of a result (see summation.hpp for what does).
struct Widths {
    /// Columns (or units) side by side in a panel, the operand of a product that is read as vectors: element
    /// (i, k) of panel p is at p * k_count * panel + k * panel + i. A multiple of summation::column_group.
    Index panel = 0;
    /// Rows side by side in a strip, the operand of a product that is read one number at a time: element
    /// (j, k) of strip s is at s * k_count * strip + k * strip + j.
    Index strip = 0;
    /// Hidden units side by side in a panel of units, the operand of a product with NonzeroGroups: element
    /// (j, k) of panel u is at u * k_count * unit_panel + k * unit_panel + j.
    Index unit_panel = 0;
    /// Units that pack_units() packs together.
    Index unit_share = 0;
    /// Columns that widen(), hidden(), transpose(), output_delta() and back() best work on at a time, a
    /// multiple of `panel`: see TileKernels::columns_together().
    Index columns_together = 0;
    /// Rows of x that gradient_w1() needs room for.
    Index gradient_rows = 0;

    friend constexpr bool operator==(const Widths&, const Widths&) = default;
};

/// The arithmetic of one tile, compiled once for each instruction set. No result depends on where operands
/// lie in memory, on the number of threads, on the widths or on the instruction set: an element's chain of
/// operations is fixed, and sums over columns are those of summation.hpp. All buffers are aligned to 64
/// bytes. The columns beyond `columns` in a last panel, and the units beyond `hidden` in a last panel of
/// units, count as absent; what a kernel writes there means nothing. The formulas: see Evaluation.
///
/// Cores can share a tile: widen() to hidden_delta() work on a run of its columns, from `column` on, a
/// multiple of summation::column_group, and output_delta(), back() and hidden_delta() on some of the layer's
/// rows; the gradients on a block of dW2 or dW1, over all columns of the tile.
///
/// Sums to int64: a column group's sum (or a product's element) is multiplied by its scale, a power of two,
/// in double, rounded to the nearest integer, ties to even, and added. The bound for which the scale was made
/// must hold, else what is added differs between processors. A caller checks that all squares are finite
/// before it uses the sums of output_delta() or calls gradient_w2(), and that the weights and the sparsity
/// term keep delta2 within its bound before it calls hidden_delta().
template <class T>
struct TileKernels {
    Widths widths;

    /// Rows [first, last) of a row-major matrix into strips, k over its columns; `first` is a multiple of
    /// widths.strip.
    void (*pack_rows)(const double* matrix, Index columns, Index first, Index last, T* strips);
    /// The same into panels of units; `first` is a multiple of widths.unit_share.
    void (*pack_units)(const double* matrix, Index columns, Index first, Index last, T* panels);
    /// Columns of a row-major matrix into strips [first, last), k over its rows: the transposed matrix. What
    /// a last strip lacks is left as it is. Of these columns magnitudes[j] becomes the sum over the rows of
    /// |matrix(row, j)|.
    void (*pack_columns)(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips,
                         double* magnitudes);
    /// Bytes of columns [column, column + columns) of a tile, divided by 255 (correctly rounded), into
    /// groups, for a product with panels of units. There is room for whole column groups.
    void (*widen)(BytePanels tile, Index column, Index columns, NonzeroGroups<T> x);
    /// a2 = f(W1 x + b1) for `columns` columns, into panels of hidden units, k over the tile's columns: `a2`
    /// is where the first of these columns is in the first panel. For each column group g of the call,
    /// group_sums[g * padded + unit] becomes the unit's sum over the group; `padded` is `hidden` rounded up
    /// to whole panels. W1 in panels of units; b1 of whole panels of units; a2 of whole panels.
    void (*hidden)(NonzeroGroups<T> x, Index columns, const T* w1, const T* b1, Index inputs, Index hidden,
                   T* a2, Index tile_columns, T* group_sums);
    /// Adds a column group's sums of all units, as hidden() leaves them, to wholes[unit] and rests[unit].
    /// False if one of them is not finite; the integers are then meaningless.
    bool (*add_activations)(const T* of_group, Index hidden, ActivationScales scales, std::int64_t* wholes,
                            std::int64_t* rests);
    /// `columns` columns of panels of units, k over the tile's columns, into panels of columns, k over the
    /// units; `panels` is where the first of these columns is in the first panel. What the last column group
    /// lacks becomes 0.
    void (*transpose)(const T* panels, Index units, Index tile_columns, Index columns, T* transposed);
    /// a3 = f(W2 a2 + b2), into panels of columns.
    void (*output)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden, Index outputs,
                   T* a3);
    /// delta3 = -(y - a3) f'(z3) of a `range` of the outputs, of a2 in panels of columns, into panels of
    /// columns (k over all outputs) and, transposed, into strips of `tile_columns` (k over the tile's
    /// columns) from column `column` on. The range begins and ends at multiples of widths.strip, or at the
    /// end. Adds the sums over each column group, by `scale`, to b2_sums[output]. The chains of (a3 - y)^2,
    /// each over summation::squares_chain outputs, go into panels of columns, k over the chains of all
    /// outputs.
    void (*output_delta)(const T* a2, Index columns, const T* w2, const double* b2, Index hidden,
                         Index outputs, Range range, BytePanels y, Index column, Index tile_columns,
                         double scale, T* delta3, T* strips, std::int64_t* b2_sums, T* chains);
    /// squares[i] becomes column i's sum of (a3 - y)^2: the chains of all outputs, added in double in their
    /// order.
    void (*add_chains)(const T* chains, Index columns, Index outputs, double* squares);
    /// squares[i] becomes the same sum, of a3 in panels of columns.
    void (*squares)(const T* a3, Index columns, Index outputs, BytePanels y, Index column, double* squares);
    /// g = W2^T delta3 of a range of units, into panels of columns, k over all units. The range begins and
    /// ends at multiples of widths.strip, or at the end.
    void (*back)(const T* delta3, Index columns, const T* w2_transposed, Index outputs, Index hidden,
                 Range units, T* g);
    /// delta2 = (g + sparsity[unit]) a2 (1 - a2) of a range of units, as for back(), of g and a2 in panels of
    /// columns, into panels of units, k over the tile's columns, from column `column` on. Adds the sums over
    /// each column group, by scales[unit], to b1_sums[unit].
    void (*hidden_delta)(const T* g, const T* a2, Index columns, const double* sparsity, Index hidden,
                         Range range, Index column, Index tile_columns, const double* scales, T* panels,
                         std::int64_t* b1_sums);
    /// A block of dW2 += delta3 a2^T, all by one scale: `outputs` x `units`. They begin and end at multiples
    /// of widths.strip and widths.panel, or at the end. `sums` is all of dW2 (outputs x hidden). If the tile
    /// is the `first`, its products are put in the place of the sums.
    void (*gradient_w2)(const T* a2, const T* delta3_strips, Index columns, Index hidden, Range outputs,
                        Range units, double scale, bool first, std::int64_t* sums);
    /// A block of dW1 += delta2 x^T, row j by scales[j]: `units` x `inputs`. Units begin and end at multiples
    /// of widths.unit_panel, or at the end. Fastest if inputs begin at a multiple of nonzero_width; cores do
    /// not share lines of `sums` at multiples of 16. `sums` is all of dW1 (hidden x inputs). There is room
    /// for widths.gradient_rows rows of x in groups, k over `columns`.
    void (*gradient_w1)(BytePanels x, const T* delta2, Index columns, Range units, Range inputs,
                        const double* scales, NonzeroGroups<T> room, bool first, std::int64_t* sums);

    /// Columns that are best worked on at a time on this processor, where the longest product is over `k`
    /// numbers: a multiple of widths.panel and byte_panel_width, at most widths.columns_together.
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
