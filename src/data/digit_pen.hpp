#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "digit_glyphs.hpp"

namespace sae {

/// A point of the line, in pixels, and half the width of the line there.
struct InkPoint {
    double x = 0;
    double y = 0;
    double radius = 0;
    bool lift = false;  ///< no line from here to the next point
};

/// The path of the pen through `points`: Catmull-Rom splines (Catmull, Rom, "A class of local interpolating
/// splines", 1974) between turns and lifts, cut into short straight pieces; radius 0.
[[nodiscard]] std::vector<InkPoint> pen_path(std::span<const ControlPoint> points);

/// Draws the lines of `path` into a square picture of `side` x `side` pixels, row-major, whose pixel (i, j)
/// has its centre at x = j + 0.5, y = i + 0.5: 0 without ink, 255 inside a line, and between over an edge
/// that is `softness` pixels wide.
void draw_ink(std::span<const InkPoint> path, double softness, int side, std::span<std::uint8_t> pixels);

}  // namespace sae
