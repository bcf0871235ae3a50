#pragma once
#include <span>

namespace sae {

/// How the pen continues from a control point of a glyph.
enum class Pen {
    on,    ///< through the point, smoothly
    turn,  ///< to the point and away from it in another direction
    lift   ///< to the point; the next one starts another stroke
};

/// A point of the pen's path in the unit square: x to the right, y down.
struct ControlPoint {
    double x = 0;
    double y = 0;
    Pen pen = Pen::on;
};

/// One way to write a digit: the points in the order of the pen, which is lifted at the last one.
using Glyph = std::span<const ControlPoint>;

/// The ways to write `digit`, 0 ... 9.
[[nodiscard]] std::span<const Glyph> glyphs_of(int digit);

}  // namespace sae
