#include "sae/data/builtin_digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "digit_glyphs.hpp"
#include "digit_pen.hpp"
#include "sae/core/crew.hpp"
#include "sae/core/error.hpp"
#include "sae/core/random.hpp"
#include "sae/core/tiling.hpp"

namespace sae {
namespace {

/// The random numbers of one image, one after the other.
class Draws {
  public:
    Draws(std::uint64_t seed, DigitSet set, Index index)
        : seed_(seed),
          stream_(static_cast<std::uint64_t>(set) << 32),
          index_(static_cast<std::uint64_t>(index)) {}

    /// Uniform in 0 ... n - 1.
    std::size_t below(std::size_t n) { return next()[0] % n; }

    /// Uniform in [low, high).
    double between(double low, double high) {
        const Philox::Counter words = next();
        return low + (high - low) * unit_interval(words[0], words[1]);
    }

    /// Bell-shaped with mean 0 and the given standard deviation, of which it is never beyond 3.5: the sum of
    /// four uniform numbers, so that no bit depends on the C library of the machine.
    double around(double mean, double deviation) {
        double sum = -2;
        for (const std::uint32_t word : next()) sum += word * 0x1p-32;
        return mean + deviation * kSqrt3 * sum;
    }

  private:
    static constexpr double kSqrt3 = 0x1.bb67ae8584caap+0;

    Philox::Counter next() { return Philox::block(seed_, stream_++, index_); }

    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t index_;
};

/// The digit is the first random number, so that a label is known without drawing the image.
int draw_label(Draws& draws) {
    return static_cast<int>(draws.below(10));
}

/// A glyph as a hand draws it: every control point is a little off, and all of it is bent.
std::vector<ControlPoint> by_hand(Glyph glyph, Draws& draws) {
    const double tremor = draws.between(0.012, 0.055);
    const double bend_x = draws.around(0, 0.13);
    const double bend_y = draws.around(0, 0.07);
    const double waist = draws.around(0, 0.08);
    std::vector<ControlPoint> points(glyph.begin(), glyph.end());
    for (ControlPoint& p : points) {
        const double x = p.x + draws.around(0, tremor);
        const double y = p.y + draws.around(0, tremor);
        p.x = x + bend_x * 4 * (y - 0.5) * (y - 0.5);
        p.y = y + bend_y * (x - 0.5) + waist * 4 * y * (1 - y);
    }
    return points;
}

/// A linear map of the plane.
struct Map {
    double xx, xy, yx, yy;
};

/// Aspect, then slant, then rotation.
Map draw_map(Draws& draws) {
    const double aspect = draws.around(0.87, 0.16);
    const double slant = draws.around(0.18, 0.26);
    const double tangent = draws.around(0, 0.11);
    const double cosine = 1 / std::sqrt(1 + tangent * tangent);
    const double sine = tangent * cosine;
    return {cosine * aspect, -cosine * slant - sine, sine * aspect, cosine - sine * slant};
}

void move_points(const Map& map, std::span<ControlPoint> points) {
    for (ControlPoint& p : points) p = {map.xx * p.x + map.xy * p.y, map.yx * p.x + map.yy * p.y, p.pen};
}

/// Enlarges the path so that its longer side, pen included, is `size`, and puts its centre of mass into the
/// middle of the picture.
void place(std::span<InkPoint> path, double size, double mean_radius) {
    double left = path[0].x, right = left, top = path[0].y, bottom = top;
    double mass = 0, moment_x = 0, moment_y = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        left = std::min(left, path[i].x);
        right = std::max(right, path[i].x);
        top = std::min(top, path[i].y);
        bottom = std::max(bottom, path[i].y);
        if (path[i].lift) continue;
        const double dx = path[i + 1].x - path[i].x;
        const double dy = path[i + 1].y - path[i].y;
        const double length = std::sqrt(dx * dx + dy * dy);
        mass += length;
        moment_x += length * (path[i].x + 0.5 * dx);
        moment_y += length * (path[i].y + 0.5 * dy);
    }
    const double scale = (size - 2 * mean_radius) / std::max(right - left, bottom - top);
    const double centre = 0.5 * BuiltinDigits::side;
    for (InkPoint& p : path) {
        p.x = centre + scale * (p.x - moment_x / mass);
        p.y = centre + scale * (p.y - moment_y / mass);
    }
}

/// The pressure of the pen changes slowly over the whole path.
void press(std::span<InkPoint> path, double radius, Draws& draws) {
    const double tilt = draws.around(0, 0.10);
    const double bulge = draws.around(0, 0.10);
    const double step = 2 / static_cast<double>(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        const double u = step * static_cast<double>(i) - 1;
        path[i].radius = radius * (1 + tilt * u + bulge * (1 - 2 * u * u));
    }
}

}  // namespace

BuiltinDigits::BuiltinDigits(std::uint64_t seed, DigitSet set, Index count, int threads)
    : seed_(seed), set_(set), count_(count), threads_(threads) {
    if (count < 1) {
        throw Error("cannot draw " + std::to_string(count) + " built-in digits: expected at least 1");
    }
}

std::string BuiltinDigits::description() const {
    return "built-in digits, " + std::string(set_ == DigitSet::train ? "training" : "test") + " set, seed " +
           std::to_string(seed_) + ": " + std::to_string(count_) + " images of 28 x 28";
}

int BuiltinDigits::label(Index index) const {
    Draws draws(seed_, set_, index);
    return draw_label(draws);
}

void BuiltinDigits::draw(Index index, std::span<std::uint8_t, side * side> pixels) const {
    Draws draws(seed_, set_, index);
    const std::span<const Glyph> glyphs = glyphs_of(draw_label(draws));
    std::vector<ControlPoint> points = by_hand(glyphs[draws.below(glyphs.size())], draws);
    move_points(draw_map(draws), points);
    std::vector<InkPoint> path = pen_path(points);
    const double radius = std::max(draws.around(1.25, 0.30), 0.65);
    place(path, draws.between(17.8, 19.8), radius);
    press(path, radius, draws);
    draw_ink(path, draws.between(1.0, 1.5), side, pixels);
}

void BuiltinDigits::read_range(Index first, std::span<std::uint8_t> images) {
    constexpr std::size_t size = side * side;
    const auto count = static_cast<Index>(images.size() / size);
    Crew crew(static_cast<int>(std::min<Index>(threads_, count)));
    crew.run([&](int core) {
        for (Index i = Tiling::share(count, core, crew.cores());
             i < Tiling::share(count, core + 1, crew.cores()); ++i)
            draw(first + i, images.subspan(static_cast<std::size_t>(i) * size).first<size>());
    });
}

}  // namespace sae
