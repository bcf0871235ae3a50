#pragma once
#include "micro_product.hpp"

namespace sae::SAE_KERNELS {

/// Calls epilogue(panel, strip, rows, width, c) with each block c[rows][panel_width] of the product of the
/// panels `a` (of `width` numbers in all) and the strips `b` (of `rows` rows in all), after
/// prologue(panel, strip, rows, width). Strips in the outer loop, so that one stays in the first-level cache
/// while the panels of a group pass by. Where a block is whole, which most are, its sizes are constants.
template <class T, class Prologue, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Prologue prologue,
                          Epilogue epilogue) {
    alignas(64) T c[strip_width * panel_width<T>];
    const Index panels = pieces(width, panel_width<T>);
    const Index strips = pieces(rows, strip_width);
    for (Index s = 0; s < strips; ++s) {
        const Index height = smaller(strip_width, rows - s * strip_width);
        // The next group of panels begins with the first strip again.
        const T* const next = b + (s + 1 < strips ? s + 1 : 0) * k * strip_width;
        for (Index p = 0; p < panels; ++p) {
            const Index here = smaller(panel_width<T>, width - p * panel_width<T>);
            prologue(p, s, height, here);
            block_product(k, a + p * k * panel_width<T>, here, b + s * k * strip_width, height, c,
                          next + p * k * (strip_width / 4));
            if (height == strip_width && here == panel_width<T>)
                epilogue(p, s, Size<strip_width>{}, Size<panel_width<T>>{}, c);
            else
                epilogue(p, s, height, here, c);
        }
    }
}

template <class T, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Epilogue epilogue) {
    group_product(
        k, a, width, b, rows, [](Index, Index, Index, Index) {}, epilogue);
}

}  // namespace sae::SAE_KERNELS
