#include "digit_pen.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace sae {
namespace {

constexpr int kPiecesPerSpan = 6;

/// The uniform Catmull-Rom polynomial between p1 (t = 0) and p2 (t = 1).
double catmull_rom(double p0, double p1, double p2, double p3, double t) {
    const double a = 3 * (p1 - p2) + p3 - p0;
    const double b = 2 * p0 - 5 * p1 + 4 * p2 - p3;
    return p1 + 0.5 * t * (p2 - p0 + t * (b + t * a));
}

/// One smooth part of the path. The first and the last point also serve as their missing neighbours.
void append_run(std::span<const ControlPoint> run, std::vector<InkPoint>& path) {
    const std::size_t last = run.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        const ControlPoint& p0 = run[i == 0 ? 0 : i - 1];
        const ControlPoint& p3 = run[std::min(i + 2, last)];
        for (int k = 0; k < kPiecesPerSpan; ++k) {
            const double t = static_cast<double>(k) / kPiecesPerSpan;
            path.push_back({catmull_rom(p0.x, run[i].x, run[i + 1].x, p3.x, t),
                            catmull_rom(p0.y, run[i].y, run[i + 1].y, p3.y, t)});
        }
    }
    path.push_back({run[last].x, run[last].y});
}

/// A short straight part of a line, and the distance of a pixel from it, less the line's radius there.
struct Piece {
    Piece(const InkPoint& from, const InkPoint& to)
        : x(from.x),
          y(from.y),
          radius(from.radius),
          dx(to.x - from.x),
          dy(to.y - from.y),
          widening(to.radius - from.radius),
          inverse_square(1 / std::max(dx * dx + dy * dy, 1e-12)) {}

    [[nodiscard]] double distance(double px, double py) const {
        const double ex = px - x;
        const double ey = py - y;
        const double along = std::clamp((ex * dx + ey * dy) * inverse_square, 0.0, 1.0);
        const double ox = ex - along * dx;
        const double oy = ey - along * dy;
        return std::sqrt(ox * ox + oy * oy) - (radius + along * widening);
    }

    double x, y, radius, dx, dy, widening, inverse_square;
};

/// The pixels [first, last) whose centre may be nearer than `reach` to [a, b].
std::array<int, 2> pixel_range(double a, double b, double reach, int side) {
    const double low = std::min(a, b) - reach - 0.5;
    const double high = std::max(a, b) + reach + 0.5;
    return {static_cast<int>(std::clamp(low, 0.0, static_cast<double>(side))),
            static_cast<int>(std::clamp(high, 0.0, static_cast<double>(side)))};
}

}  // namespace

std::vector<InkPoint> pen_path(std::span<const ControlPoint> points) {
    std::vector<InkPoint> path;
    path.reserve(points.size() * (kPiecesPerSpan + 1));
    std::size_t start = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].pen == Pen::on) continue;
        append_run(points.subspan(start, i - start + 1), path);
        path.back().lift = points[i].pen == Pen::lift;
        start = points[i].pen == Pen::lift ? i + 1 : i;
    }
    return path;
}

void draw_ink(std::span<const InkPoint> path, double softness, int side, std::span<std::uint8_t> pixels) {
    std::vector<double> distance(pixels.size(), softness);
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        if (path[i].lift) continue;
        const Piece piece(path[i], path[i + 1]);
        const double reach = std::max(path[i].radius, path[i + 1].radius) + 0.5 * softness;
        const auto [left, right] = pixel_range(path[i].x, path[i + 1].x, reach, side);
        const auto [top, bottom] = pixel_range(path[i].y, path[i + 1].y, reach, side);
        for (int row = top; row < bottom; ++row) {
            double* const line = distance.data() + static_cast<std::ptrdiff_t>(row) * side;
            for (int col = left; col < right; ++col) {
                line[col] = std::min(line[col], piece.distance(col + 0.5, row + 0.5));
            }
        }
    }
    std::transform(distance.begin(), distance.end(), pixels.begin(), [softness](double d) {
        return static_cast<std::uint8_t>(255 * std::clamp(0.5 - d / softness, 0.0, 1.0) + 0.5);
    });
}

}  // namespace sae
