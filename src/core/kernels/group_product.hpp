#pragma once
#include "micro_product.hpp"

namespace sae::SAE_KERNELS {

/// Calls epilogue(panel, strip, rows, width, c) with each block c[rows][panel_width] of the product of the
/// panels `a` (of `width` numbers in all) and the strips `b` (of `rows` rows in all), after prologue(panel,
/// strip, rows, width). Strips in the outer loop, then runs of k, so that a part of one strip stays in the
/// first-level cache while up to panels_together panels pass by. Where a block is whole, which most are, its
/// sizes are constants.
template <class T, class Prologue, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Prologue prologue,
                          Epilogue epilogue) {
    constexpr Index P = panel_width<T>;
    alignas(64) T blocks[panels_together][strip_width * P];
    const Index panels = pieces(width, P);
    const Index strips = pieces(rows, strip_width);
    const Index runs = pieces(k, longest_run<T>);
    for (Index group = 0; group < panels; group += panels_together) {
        const Index end = smaller(panels, group + panels_together);
        for (Index s = 0; s < strips; ++s) {
            const Index height = smaller(strip_width, rows - s * strip_width);
            // The next group of panels begins with the first strip again.
            const T* const next = b + (s + 1 < strips ? s + 1 : 0) * k * strip_width;
            for (Index r = 0; r < runs; ++r) {
                const Index first = r * k / runs, count = (r + 1) * k / runs - first;
                const T* const strip = b + (s * k + first) * strip_width;
                for (Index p = group; p < end; ++p) {
                    const Index here = smaller(P, width - p * P);
                    const T* const panel = a + (p * k + first) * P;
                    T* const c = blocks[runs > 1 ? p - group : 0];
                    const char* const fetched = reinterpret_cast<const char*>(next) +
                                                ((p - group) * k + first) * strip_parts * fetched_bytes<T>;
                    if (r == 0) {
                        prologue(p, s, height, here);
                        block_product<T, false>(count, panel, here, strip, height, c, fetched);
                    } else {
                        block_product<T, true>(count, panel, here, strip, height, c, fetched);
                    }
                    if (r + 1 < runs) continue;
                    if (height == strip_width && here == P)
                        epilogue(p, s, Size<strip_width>{}, Size<P>{}, c);
                    else
                        epilogue(p, s, height, here, c);
                }
            }
        }
    }
}

template <class T, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Epilogue epilogue) {
    group_product(
        k, a, width, b, rows, [](Index, Index, Index, Index) {}, epilogue);
}

}  // namespace sae::SAE_KERNELS
