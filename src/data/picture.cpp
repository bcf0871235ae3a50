#include "sae/data/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "sae/core/error.hpp"

namespace sae {
namespace {

/// Enlarging stops at this many pixels: without a limit a grid of narrow images would become very high.
constexpr Index kMostEnlarged = Index{1} << 26;

/// How many of `count` images of `rows` x `cols` are in a row of the grid. Of the numbers that leave no empty
/// cell it is that of the most nearly square grid, if its longer side is at most 1.5 times the other;
/// otherwise the number that makes the grid square or a little wider.
Index images_across(Index count, Index rows, Index cols) {
    const auto longer_by_shorter = [&](Index across) {
        const auto width = static_cast<double>(across * cols),
                   height = static_cast<double>(count / across * rows);
        return std::max(width, height) / std::min(width, height);
    };
    Index best = 0;
    for (Index across = 1; across <= count; ++across) {
        if (count % across != 0 || longer_by_shorter(across) > 1.5) continue;
        if (best == 0 || longer_by_shorter(across) <= longer_by_shorter(best)) best = across;
    }
    if (best > 0) return best;
    const double square =
        std::sqrt(static_cast<double>(count) * static_cast<double>(rows) / static_cast<double>(cols));
    return std::clamp(static_cast<Index>(std::ceil(square)), Index{1}, count);
}

/// Where the cells of a grid are, in pixels.
struct Layout {
    Layout(Index count, Index image_rows, Index image_cols, const GridOptions& options)
        : rows(image_rows), cols(image_cols), stacked(options.stacked) {
        across = images_across(count, rows, cols);
        down = (count + across - 1) / across;
        const Index plain = across * cols;
        factor = std::max((options.width + plain / 2) / plain, Index{1});
        while (factor > 1 && height() > kMostEnlarged / width()) --factor;
    }

    [[nodiscard]] Index line() const { return factor > 1 ? 2 : 1; }
    [[nodiscard]] Index width() const { return line() + across * (factor * cols + line()); }
    [[nodiscard]] Index height() const { return line() + down * (cell_height() + line()); }
    [[nodiscard]] Index cell_height() const { return factor * rows + stacked - 1; }
    [[nodiscard]] Index left(Index image) const { return line() + image % across * (factor * cols + line()); }
    [[nodiscard]] Index top(Index image) const { return line() + image / across * (cell_height() + line()); }

    Index rows, cols, stacked;
    Index across = 1, down = 1;
    Index factor = 1;
};

void expect_size(std::size_t size, Index count, Index rows, Index cols) {
    if (count < 1 || rows < 1 || cols < 1 || static_cast<Index>(size) / rows / cols != count ||
        static_cast<Index>(size) != count * rows * cols) {
        throw Error("cannot make a grid of " + std::to_string(count) + " images of " + std::to_string(rows) +
                    " x " + std::to_string(cols) + " from " + std::to_string(size) + " values");
    }
}

/// Whether a line of this level cannot be seen next to an image's outer pixel.
bool similar(std::uint8_t pixel, int level) {
    constexpr int visible = 56;  // between the dark grey and a weight of 0, which is 128
    return std::abs(pixel - level) < visible;
}

/// The level of the lines: dark grey, unless more than one in a hundred of the images' outer pixels are
/// similar; then white, unless more than one in twenty are; then the one of the three to which the fewest
/// are. So grids of the same kind mostly have the same lines.
std::uint8_t border_level(std::span<const std::uint8_t> images, Index rows, Index cols) {
    struct Level {
        std::uint8_t level;
        Index similar;
    };
    std::array<Level, 3> levels{{{72, 0}, {255, 0}, {0, 0}}};
    Index outer = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const Index place = static_cast<Index>(i) % (rows * cols), row = place / cols, col = place % cols;
        if (row > 0 && row < rows - 1 && col > 0 && col < cols - 1) continue;
        ++outer;
        for (Level& level : levels) level.similar += similar(images[i], level.level) ? 1 : 0;
    }
    if (levels[0].similar * 100 <= outer) return levels[0].level;
    if (levels[1].similar * 20 <= outer) return levels[1].level;
    return std::ranges::min(levels, {}, &Level::similar).level;
}

/// Enlarges an image: computes each row once and copies it.
void enlarge(std::span<const std::uint8_t> image, const Layout& layout, Index number, Picture& picture) {
    auto top = picture.pixels.begin() + layout.top(number) * picture.width + layout.left(number);
    const Index rows_of_one = layout.rows / layout.stacked;
    for (Index y = 0; y < layout.rows; ++y) {
        const auto row = image.begin() + y * layout.cols;
        if (y > 0 && y % rows_of_one == 0) top += picture.width;
        auto to = top;
        for (Index x = 0; x < layout.cols; ++x) to = std::fill_n(to, layout.factor, row[x]);
        for (Index copy = 1; copy < layout.factor; ++copy) std::copy(top, to, top + copy * picture.width);
        top += layout.factor * picture.width;
    }
}

/// The weights of one hidden unit as grey levels. Their norm does not matter.
void append_weights(std::span<const double> weights, std::vector<std::uint8_t>& levels) {
    double largest = 0;
    for (const double w : weights) {
        if (!std::isfinite(w)) throw Error("cannot draw the weights: one of them is not finite");
        largest = std::max(largest, std::abs(w));
    }
    for (const double w : weights) {
        const double scaled = largest > 0 ? w / largest : 0;
        levels.push_back(static_cast<std::uint8_t>(128.5 + 127 * scaled));
    }
}

}  // namespace

Picture grid(std::span<const std::uint8_t> images, Index count, Index rows, Index cols,
             const GridOptions& options) {
    expect_size(images.size(), count, rows, cols);
    if (options.stacked < 1 || rows % options.stacked != 0) {
        throw Error("cannot part images of " + std::to_string(rows) + " rows into " +
                    std::to_string(options.stacked) + " of equal height");
    }
    const Layout layout(count, rows, cols, options);
    Picture picture{layout.width(), layout.height(), {}};
    picture.pixels.assign(static_cast<std::size_t>(picture.width * picture.height),
                          options.border.value_or(border_level(images, rows, cols)));
    const auto size = static_cast<std::size_t>(rows * cols);
    for (Index i = 0; i < count; ++i) {
        enlarge(images.subspan(static_cast<std::size_t>(i) * size, size), layout, i, picture);
    }
    return picture;
}

Index empty_cells(Index count, Index rows, Index cols) {
    const Layout layout(count, rows, cols, GridOptions{});
    return layout.across * layout.down - count;
}

Picture weight_grid(std::span<const double> w1, Index hidden, Index rows, Index cols,
                    const GridOptions& options) {
    expect_size(w1.size(), hidden, rows, cols);
    std::vector<std::uint8_t> levels;
    levels.reserve(w1.size());
    const auto size = static_cast<std::size_t>(rows * cols);
    for (std::size_t unit = 0; unit < w1.size(); unit += size) append_weights(w1.subspan(unit, size), levels);
    return grid(levels, hidden, rows, cols, options);
}

std::vector<std::uint8_t> grey_levels(std::span<const double> activations) {
    std::vector<std::uint8_t> levels(activations.size());
    std::transform(activations.begin(), activations.end(), levels.begin(), [](double a) {
        // In this order of arguments a NaN becomes 0.
        return static_cast<std::uint8_t>(255 * std::min(std::max(0.0, a), 1.0) + 0.5);
    });
    return levels;
}

}  // namespace sae
