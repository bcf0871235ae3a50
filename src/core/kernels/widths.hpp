#pragma once
// Private to the kernels: the sizes that are chosen for an instruction set's registers and for caches.
#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"
#include "vector.hpp"

namespace sae::SAE_KERNELS {

// Register blocks. The sums of a block, a column of its panel and a number or two of the other operand fill
// the registers: 32 with AVX-512 and NEON, 16 with AVX2.
#if defined(SAE_ISA_AVX512)
/// Vectors of a panel that one register block covers.
inline constexpr int block_vectors = 2;
/// Columns of a strip that one register block covers.
inline constexpr int block_strip = 12;
/// Vectors of a panel of units that one register block covers, with nonzero_width columns of them.
inline constexpr int unit_vectors = 6;
/// The same with twice as many columns, none of which has a row of zeros: half as much of the panel is read
/// for each multiply-add. 0 where registers are too few.
inline constexpr int dense_vectors = 3;
/// Vectors whose logistic functions are computed side by side: one alone is a chain of thirty operations that
/// each wait for the one before, and a few such chains fill the processor's window. Their registers limit it.
inline constexpr int logistic_group = 6;
/// Numbers of a product's chain that are worked on in a run; then come those of the next panel. A strip's and
/// a panel's parts of a run fit a first-level cache of 32 KiB. With so many registers the second level is
/// fast enough, and a chain is one run (measured).
template <class T>
inline constexpr Index longest_run = 4096;
/// How many of its rows ahead a product with NonzeroGroups asks for a row of a panel of units: no processor
/// foresees the rows that are passed over. 0 where this costs more than it brings (measured).
inline constexpr Index rows_ahead = 10;
inline constexpr Index unit_share = 8;
#elif defined(SAE_ISA_AVX2)
inline constexpr int block_vectors = 2;
inline constexpr int block_strip = 6;
inline constexpr int unit_vectors = 3;
inline constexpr int dense_vectors = 0;
inline constexpr int logistic_group = 2;
template <class T>
inline constexpr Index longest_run = sizeof(T) == 8 ? 200 : 264;
inline constexpr Index rows_ahead = 0;
inline constexpr Index unit_share = 12;
#else
inline constexpr int block_vectors = 4;
inline constexpr int block_strip = 6;
inline constexpr int unit_vectors = 6;
inline constexpr int dense_vectors = 0;
inline constexpr int logistic_group = 2;
template <class T>
inline constexpr Index longest_run = sizeof(T) == 8 ? 200 : 264;
inline constexpr Index rows_ahead = 0;
inline constexpr Index unit_share = 12;
#endif

template <class T>
inline constexpr Index panel_width = block_vectors* lanes<T>;
inline constexpr Index strip_width = 12;
template <class T>
inline constexpr Index unit_panel_width = unit_vectors* lanes<T>;

/// Rows of x that are worked on together: delta2's panel and they stay in the second-level cache.
inline constexpr Index gradient_rows = 128;
/// Panels that are worked on together, where the second-level cache has room for them and one strip. More of
/// them read the strips, such as all of W2, less often.
inline constexpr Index panels_together = 8;

template <class T>
inline constexpr Widths widths = {
    panel_width<T>, strip_width, unit_panel_width<T>, unit_share, panels_together* panel_width<T>,
    gradient_rows};

// What the kernels rely on.
static_assert(panel_width<double> % summation::column_group == 0);
static_assert(panel_width<float> % summation::column_group == 0);
static_assert(strip_width == summation::squares_chain);
static_assert(strip_width % block_strip == 0);
static_assert(unit_panel_width<double> % strip_width == 0 && unit_panel_width<float> % strip_width == 0);
static_assert(dense_vectors <= unit_vectors);
static_assert(unit_panel_width<double> % unit_share == 0 && unit_panel_width<float> % unit_share == 0);
static_assert(summation::column_group == 2 * nonzero_width);
static_assert(block_vectors % 2 == 0);
static_assert(rows_ahead <= rows_to_spare);

}  // namespace sae::SAE_KERNELS
