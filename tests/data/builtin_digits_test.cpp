#include "sae/data/builtin_digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "sae/data/sha256.hpp"

using namespace sae;

namespace {

using Image = std::array<std::uint8_t, 784>;

Image draw(const BuiltinDigits& digits, Index index) {
    Image image{};
    digits.draw(index, image);
    return image;
}

double ink(const Image& image) {
    return std::accumulate(image.begin(), image.end(), 0.0) / 255;
}

}  // namespace

TEST_CASE("the bytes of the digits are the same everywhere") {
    BuiltinDigits digits(1, DigitSet::train, 1000, GENERATE(1, 3));
    std::vector<std::uint8_t> images(1000 * 784);
    digits.read(0, images);
    // The same with other compilers, optimisations and instruction sets.
    CHECK(hex(sha256(std::as_bytes(std::span(images)))) ==
          "22483a4f41d5113ad162951612bd8b339e2ba067604fc088b3ba66b60cbe4977");
}

TEST_CASE("a digit depends on seed, set and index alone") {
    BuiltinDigits few(7, DigitSet::test, 30);
    BuiltinDigits many(7, DigitSet::test, 1000000);
    std::vector<std::uint8_t> images(20 * 784);
    few.read(10, images);
    for (Index i = 29; i >= 10; --i) {
        const Image alone = draw(many, i);
        CHECK((std::equal(alone.begin(), alone.end(), images.begin() + (i - 10) * 784)));
        CHECK(few.label(i) == many.label(i));
    }
}

TEST_CASE("digits of different seeds, sets and indices differ") {
    std::set<Image> images;
    for (const std::uint64_t seed : {0UL, 1UL, 1UL << 63}) {
        for (const DigitSet set : {DigitSet::train, DigitSet::test}) {
            const BuiltinDigits digits(seed, set, 1);
            for (const Index index : {0L, 1L, 2L, 100L, 1L << 32, 1L << 62})
                images.insert(draw(digits, index));
        }
    }
    CHECK(images.size() == 3 * 2 * 6);
}

TEST_CASE("the ten digits are equally frequent") {
    const BuiltinDigits digits(3, DigitSet::train, 1);
    std::array<int, 10> frequency{};
    for (Index i = 0; i < 10000; ++i) ++frequency.at(static_cast<std::size_t>(digits.label(i)));
    // Five standard deviations of a binomial distribution.
    for (const int count : frequency) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("the ink is as in MNIST: amount, position, an empty border") {
    const BuiltinDigits digits(2, DigitSet::train, 1);
    constexpr Index count = 2000;
    double total = 0;
    double border = 0;
    for (Index i = 0; i < count; ++i) {
        const Image image = draw(digits, i);
        double row = 0;
        double col = 0;
        for (int p = 0; p < 784; ++p) {
            const double weight = image[static_cast<std::size_t>(p)] / 255.0;
            row += weight * (p / 28 + 0.5);
            col += weight * (p % 28 + 0.5);
            const bool inside = p / 28 >= 2 && p / 28 < 26 && p % 28 >= 2 && p % 28 < 26;
            if (!inside) border += weight;
        }
        const double amount = ink(image);
        CHECK(amount > 15);
        CHECK(amount < 300);
        CHECK(*std::max_element(image.begin(), image.end()) > 200);
        CHECK(std::abs(row / amount - 14) < 2);
        CHECK(std::abs(col / amount - 14) < 2);
        total += amount;
    }
    // The 60,000 images of MNIST: 102 white pixels' worth of ink an image.
    CHECK(total / count > 85);
    CHECK(total / count < 115);
    CHECK(border / total < 0.01);
}

TEST_CASE("images of one digit resemble one another more than those of another digit") {
    const BuiltinDigits digits(5, DigitSet::train, 1);
    std::vector<std::vector<double>> mean(10, std::vector<double>(784));
    std::array<int, 10> count{};
    for (Index i = 0; i < 3000; ++i) {
        const auto label = static_cast<std::size_t>(digits.label(i));
        const Image image = draw(digits, i);
        ++count[label];
        for (std::size_t p = 0; p < 784; ++p) mean[label][p] += image[p];
    }
    int right = 0;
    for (Index i = 3000; i < 4000; ++i) {
        const Image image = draw(digits, i);
        std::array<double, 10> distance{};
        for (std::size_t k = 0; k < 10; ++k) {
            for (std::size_t p = 0; p < 784; ++p) {
                const double difference = image[p] - mean[k][p] / count[k];
                distance[k] += difference * difference;
            }
        }
        right += std::min_element(distance.begin(), distance.end()) - distance.begin() == digits.label(i);
    }
    // The same classifier by nearest mean is right for 82 % of MNIST.
    CHECK(right > 750);
    CHECK(right < 900);
}

TEST_CASE("digits are an image source") {
    BuiltinDigits digits(4, DigitSet::test, 12);
    CHECK(digits.count() == 12);
    CHECK(digits.rows() == 28);
    CHECK(digits.cols() == 28);
    CHECK(digits.random_access());
    CHECK(digits.description() == "built-in digits, test set, seed 4: 12 images of 28 x 28");
    std::vector<std::uint8_t> images(13 * 784);
    CHECK_THROWS_AS(digits.read(0, images), Error);
    CHECK_THROWS_AS(BuiltinDigits(4, DigitSet::test, 0), Error);
}
