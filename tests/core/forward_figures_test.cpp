#include "sae/core/forward_figures.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "core/local_objective.hpp"

using namespace sae;

namespace {

ColumnTiles random_columns(Index rows, Index count, Index first_tile, Index last_tile) {
    std::mt19937 random(3);
    std::uniform_int_distribution<int> byte(0, 255);
    const Tiling tiling(count);
    ColumnTiles columns(rows, tiling, first_tile, last_tile);
    std::vector<std::uint8_t> image(static_cast<std::size_t>(rows));
    for (Index c = 0; c < count; ++c) {
        for (auto& pixel : image) pixel = static_cast<std::uint8_t>(byte(random));
        if (columns.first_column() <= c && c < columns.last_column()) columns.put(c, image);
    }
    return columns;
}

std::vector<double> random_theta(const Shape& shape) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> weight(-0.5, 0.5);
    std::vector<double> theta;
    for (Index i = 0; i < shape.size(); ++i) theta.push_back(weight(random));
    return theta;
}

}  // namespace

TEST_CASE("error and mean activations have the same bits as in an evaluation") {
    const Shape shape = GENERATE(Shape{1, 1, 1}, Shape{16, 17, 16}, Shape{49, 70, 49});
    const Index count = GENERATE(1, 47, 300, 5000);
    const Precision precision = GENERATE(Precision::double_precision, Precision::single_precision);
    const Tiling tiling(count);
    const ColumnTiles all = random_columns(shape.inputs, count, 0, tiling.tiles());
    const std::vector<double> theta = random_theta(shape);

    const auto evaluation = make_evaluation({shape, precision, false, true}, all, all);
    NoReduction nothing;
    const PartialSums& partial = evaluation->run(theta, {0, 0.5, 0}, nothing);
    const double error = partial.squares.value() / (2 * static_cast<double>(count));
    const auto means = evaluation->mean_activations();

    for (const int threads : {1, 3}) {
        const ForwardFigures found =
            forward_figures(shape.hidden, tiling,
                            forward_sums({shape, precision, false, false, std::make_shared<Crew>(threads)},
                                         all, theta, {0, threads}));
        CHECK(found.error == error);
        CHECK(std::ranges::equal(found.mean_activations, means));
    }
}

TEST_CASE("sums of two ranks added up are those of one") {
    const Shape shape{20, 13, 20};
    constexpr Index count = 3000;
    const Tiling tiling(count);
    const EvaluationSettings settings{shape};
    const std::vector<double> theta = random_theta(shape);
    const auto sums_of = [&](Index first, Index last, const CoreShare& share = {}) {
        return forward_sums(settings, random_columns(shape.inputs, count, first, last), theta, share);
    };
    std::vector<std::int64_t> sums = sums_of(0, 1);
    const std::vector<std::int64_t> none = sums_of(1, 1);
    // Two ranks that see the same columns.
    const std::vector<std::int64_t> half = sums_of(1, tiling.tiles(), {0, 2});
    const std::vector<std::int64_t> other_half = sums_of(1, tiling.tiles(), {1, 2});
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += half[i] + other_half[i] + none[i];
    CHECK(half != other_half);
    const ForwardFigures parts = forward_figures(shape.hidden, tiling, sums);
    const ForwardFigures whole = forward_figures(shape.hidden, tiling, sums_of(0, tiling.tiles()));
    CHECK(parts.error == whole.error);
    CHECK(parts.mean_activations == whole.mean_activations);
}

TEST_CASE("the error of outputs that are not numbers is infinite") {
    const Shape shape{4, 2, 4};
    std::vector<double> theta = random_theta(shape);
    theta.back() = std::numeric_limits<double>::quiet_NaN();
    const ColumnTiles columns = random_columns(4, 10, 0, Tiling(10).tiles());
    const auto sums = forward_sums({shape}, columns, theta, {});
    CHECK(std::isinf(forward_figures(2, columns.tiling(), sums).error));
}
