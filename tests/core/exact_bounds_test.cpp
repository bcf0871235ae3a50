// The exact sums of an evaluation at their limits: values at the bound, the largest number of columns, sums
// that cancel, and numbers beyond the range of the products.
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "catch.hpp"
#include "core/oracle.hpp"
#include "crew_evaluation.hpp"
#include "forward_pass.hpp"
#include "mean_activations.hpp"

using namespace sae;
using sae::test::oracle;

namespace {

constexpr Index tile_width = 512;

/// As if all tiles were copies of the one that is held here: multiplies every sum by their number; the
/// product must fit an int64.
class Copies final : public Reduction {
  public:
    explicit Copies(Index copies) : copies_(copies) {}
    void start_hidden_sums(std::span<std::int64_t> sums) override { multiply(sums); }
    void wait_hidden_sums() override {}
    [[nodiscard]] bool has_other_nodes() const override { return false; }
    void start_output_gradient(std::span<const std::int64_t> /*sums*/) override {}
    void progress() override {}

    void multiply(std::span<std::int64_t> sums) const {
        for (std::int64_t& sum : sums) REQUIRE_FALSE(__builtin_mul_overflow(sum, copies_, &sum));
    }

  private:
    Index copies_;
};

/// A network on `copies` copies of one tile of 512 columns.
struct CopiedTile {
    Shape shape;
    std::vector<double> theta;
    std::vector<std::uint8_t> x;
    Tiling tiling;
    ColumnTiles tiles;

    CopiedTile(Shape s, Index copies)
        : shape(s),
          theta(static_cast<std::size_t>(s.size())),
          x(static_cast<std::size_t>(tile_width * s.inputs)),
          tiling(copies * tile_width),
          tiles(s.inputs, tiling, 0, 1) {
        REQUIRE(tiling.tiles() == copies);
        REQUIRE(tiling.width(0) == tile_width);
    }

    void fill_at_random(double weight, unsigned seed) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<double> weights(-weight, weight);
        std::uniform_int_distribution<int> bytes(0, 255);
        for (double& w : theta) w = weights(random);
        for (std::uint8_t& byte : x) byte = static_cast<std::uint8_t>(bytes(random));
    }

    /// The integer sums over all copies and the gradient (without weight decay) that they represent.
    struct Sums {
        bool finite;
        std::vector<std::int64_t> units;
        std::vector<double> gradient;
        std::vector<double> rho_hat;
    };

    template <class T>
    Sums run(const Hyperparameters& hp) {
        tiles.put(0, x);
        Copies copies(tiling.tiles());
        CrewEvaluation<T> evaluation({shape, Precision::double_precision, true, true}, tiles, tiles);
        const PartialSums& partial = evaluation.run(theta, hp, copies);
        Sums sums{partial.finite, {partial.gradient.begin(), partial.gradient.end()}, {}, {}};
        if (!sums.finite) return sums;
        copies.multiply(sums.units);
        for (std::size_t i = 0; i < theta.size(); ++i)
            sums.gradient.push_back(static_cast<double>(sums.units[i]) *
                                    evaluation.value_of_one(static_cast<Index>(i)) /
                                    static_cast<double>(tiling.columns()));
        sums.rho_hat.assign(evaluation.mean_activations().begin(), evaluation.mean_activations().end());
        return sums;
    }

    /// The relative error of that gradient, and of the mean activations where theirs is larger.
    double error(const Sums& sums, const Hyperparameters& hp) const {
        const auto expected = oracle(shape, theta, hp, x, x);
        long double difference = 0, norm = 0;
        for (std::size_t i = 0; i < theta.size(); ++i) {
            const long double g = expected.gradient[i];
            difference += (sums.gradient[i] - g) * (sums.gradient[i] - g);
            norm += g * g;
        }
        auto worst = static_cast<double>(std::sqrt(difference / norm));
        for (std::size_t j = 0; j < sums.rho_hat.size(); ++j) {
            const long double q = expected.rho_hat[j];
            worst = std::max(worst, static_cast<double>(std::abs(sums.rho_hat[j] - q) / q));
        }
        return worst;
    }
};

const Hyperparameters plain{0, 0.05, 0};
const Hyperparameters sparse{0, 0.05, 0.7};

std::size_t at(Index i) {
    return static_cast<std::size_t>(i);
}

/// Half a unit for each tile, all on the same side as copies are, where the sum is 2^-7 of its bound or more.
double resolution(Index copies) {
    return static_cast<double>(copies) * 0x1p-54;
}

}  // namespace

TEST_CASE("no number of columns makes a sum overflow or lose digits") {
    // Ten million columns; 2^31, beyond which the rests of the activations have fewer bits; and the largest
    // number.
    const Index copies = GENERATE(Index{16}, Index{19532}, Index{1} << 22, Index{1} << 25, Index{1} << 31);
    CopiedTile tile({20, 9, 20}, copies);
    tile.fill_at_random(0.5, 1);
    INFO(copies << " tiles");
    for (const Hyperparameters& hp : {plain, sparse}) {
        CHECK(tile.error(tile.run<double>(hp), hp) < 1e-12 + resolution(copies));
        CHECK(tile.error(tile.run<float>(hp), hp) < 3e-5);
    }
}

TEST_CASE("columns at the bound") {
    // x = y = 0, a2 = 1/2 and, as the weights of the units cancel, a3 = 2/3: each |delta3| is 4/27, each
    // f'(z2) 1/4, and for every other unit all terms of delta2 have one sign.
    const Index copies = GENERATE(Index{16}, Index{19532}, Index{1} << 31);
    const double weight = GENERATE(1e-290, 1.0, 1e290);
    CopiedTile tile({20, 8, 20}, copies);
    const Shape& s = tile.shape;
    for (Index i = s.w2(); i < s.b1(); ++i) tile.theta[at(i)] = i % 2 == s.w2() % 2 ? weight : -weight;
    for (Index k = s.b2(); k < s.size(); ++k) tile.theta[at(k)] = std::numbers::ln2;
    const auto sums = tile.run<double>(sparse);
    REQUIRE(sums.finite);
    const double term = sparse.beta * (-sparse.rho / 0.5 + (1 - sparse.rho) / 0.5);
    const auto check = [&](Index index, double expected) {
        CHECK(sums.gradient[at(index)] == Approx(expected).epsilon(1e-14 + resolution(copies)));
        CHECK(static_cast<double>(sums.units[at(index)]) > 0x1p61 * 0.499);
        CHECK(static_cast<double>(sums.units[at(index)]) < 0x1p61 * (1 + 1e-14));
    };
    for (Index k = s.b2(); k < s.size(); ++k) check(k, 4.0 / 27);
    for (Index j = s.b1(); j < s.b2(); j += 2) check(j, (20 * weight * 4 / 27 + term) / 4);
}

TEST_CASE("columns that cancel have the sum 0") {
    // W2 = 0, b2 = 0: a3 = 1/2, delta3 = +-1/8, and half of the columns has either sign.
    CopiedTile tile({2, 3, 2}, 19532);
    const Shape& s = tile.shape;
    for (std::size_t i = 0; i < tile.x.size(); ++i) tile.x[i] = i / 2 % 2 == 0 ? 0 : 255;
    const auto sums = tile.run<double>(plain);
    for (Index k = s.b2(); k < s.size(); ++k) CHECK(sums.units[at(k)] == 0);
    for (Index i = s.w2(); i < s.b1(); ++i) CHECK(sums.units[at(i)] == 0);
}

TEST_CASE("mean activations close to 0 keep their digits") {
    CopiedTile tile({20, 9, 20}, GENERATE(Index{16}, Index{19532}));
    tile.fill_at_random(0.1, 2);
    for (Index j = 0; j < 3; ++j) tile.theta[at(tile.shape.b1() + j)] = -28 - static_cast<double>(j);
    const auto sums = tile.run<double>(sparse);
    CHECK(sums.rho_hat[2] < 3e-13);
    CHECK(tile.error(sums, sparse) < 1e-12);
}

TEST_CASE("the squares of a column group are added in a tree") {
    constexpr double u = 0x1p-53;
    const std::vector<double> squares{1, u, u, u, u, u, u, u};
    ExactSum sum;
    CHECK(add_squares(squares, sum));
    CHECK(sum.value() == 1 + 6 * u);  // 1 + u is 1
}

TEST_CASE("mean activations and what bounds a slope have the scales of docs/arithmetic.md") {
    for (const Index m :
         {Index{1}, Index{8}, Index{9}, Index{437}, Index{60000}, Index{1} << 26, Index{1} << 33}) {
        const auto columns = static_cast<double>(m);
        const Index groups = (m + 7) / 8 + Tiling(m).tiles();
        const int e = 61 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(m - 1)));
        const int more =
            std::min(40, 62 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(groups - 1))));
        const double rest = std::ldexp(1.0, -(e + more));
        MeanActivations means(m, 3, 0x1p-48);
        // One unit, one part of a unit, and 1 - 2^-10.
        const std::int64_t all = m << e;
        REQUIRE(means.set(std::vector<std::int64_t>{1, 0, all - (all >> 10), 0, 1, 0, 0}));
        CHECK(means.rho_hat()[0] == std::ldexp(1.0, -e) / columns);
        CHECK(means.rho_hat()[1] == rest / columns);
        CHECK(means.rho_hat()[2] == 1 - 0x1p-10);
        const double error = static_cast<double>(groups) * rest / columns;
        CHECK(means.slope_bound(0) == means.rho_hat()[0] + error);
        CHECK(means.slope_bound(1) == means.rho_hat()[1] + error);
        CHECK(means.slope_bound(2) == 0x1p-10 + 0x1p-48);
    }
}

TEST_CASE("in single precision, a mean activation that is rounded towards 1 still bounds its deltas") {
    // One column in four is off 1 by 2^-23, which the sum of four does not see; one column is off by 2^-20 or
    // so. The mean is computed as 1 - 2^-29, and is 1 - 2^-25.
    CopiedTile tile({1, 1, 1}, 16);
    const Shape& s = tile.shape;
    for (Index c = 0; c < tile_width; ++c) tile.x[at(c)] = c == 1 ? 187 : c % 4 == 1 ? 200 : 255;
    const double slope = (25 - 16.0) / (55.0 / 255);  // z2 is 25 for 255, 16 for 200 and 13.9 for 187
    tile.theta[at(s.w1())] = slope;
    tile.theta[at(s.b1())] = 25 - slope;
    const Hyperparameters hp{0, 0.5, 1};
    const auto sums = tile.run<float>(hp);
    REQUIRE(sums.finite);
    long double slopes = 0;
    for (const std::uint8_t byte : tile.x) {
        const double z = tile.theta[at(s.w1())] * byte / 255 + tile.theta[at(s.b1())];
        const auto a = static_cast<float>(1 / (1 + std::exp(-z)));
        slopes += static_cast<long double>(a) * (1 - a) / tile_width;
    }
    const double computed = 1 - sums.rho_hat[0];
    INFO("1 - rho_hat is " << computed << ", the mean of f'(z2) " << static_cast<double>(slopes));
    CHECK(computed > 0);
    CHECK(slopes > 3 * computed);
    const double term = hp.beta * (-hp.rho / sums.rho_hat[0] + (1 - hp.rho) / computed);
    CHECK(sums.gradient[at(s.b1())] == Approx(term * static_cast<double>(slopes)).epsilon(0.3));
}

TEST_CASE("numbers beyond the range of single precision make the cost infinite") {
    // 512 columns leave no padding in which an infinite weight would make a NaN that gives it away.
    CopiedTile tile({20, 9, 20}, 16);
    tile.fill_at_random(0.1, 3);
    const Shape& s = tile.shape;
    SECTION("weights") {
        for (Index k = 0; k < s.outputs; ++k) tile.theta[at(s.w2() + k * s.hidden)] = 1e39;
        CHECK(tile.run<double>(plain).finite);
        CHECK_FALSE(tile.run<float>(plain).finite);
    }
    SECTION("sums of weights times deltas") {
        for (Index k = 0; k < s.outputs; ++k)
            tile.theta[at(s.w2() + k * s.hidden)] = std::numeric_limits<float>::max();
        CHECK_FALSE(tile.run<float>(plain).finite);
    }
    SECTION("the sparsity term") {
        tile.theta[at(s.b1() + 2)] = -55;
        const Hyperparameters strong{0, 0.5, 1e18};
        CHECK(tile.run<double>(strong).finite);
        CHECK_FALSE(tile.run<float>(strong).finite);
    }
    SECTION("weights of double precision") {
        for (Index k = 0; k < s.outputs; ++k) tile.theta[at(s.w2() + k * s.hidden)] = 1e307;
        CHECK_FALSE(tile.run<double>(plain).finite);
    }
}
