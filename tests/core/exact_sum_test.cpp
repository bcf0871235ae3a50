#include "sae/core/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "catch.hpp"

namespace {

using sae::ExactSum;
using Limits = std::numeric_limits<double>;

/// An independent oracle: a naive two's complement number of 2304 single bits in units of 2^-1074.
class NaiveSum {
  public:
    void add(double x) {
        int exponent = 0;
        const double fraction = std::frexp(std::abs(x), &exponent);
        auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
        int position = exponent - 53 + 1074;
        for (; position < 0; ++position) mantissa >>= 1;  // subnormal: these bits are 0
        std::vector<int> term(bits, 0);
        for (int b = 0; b < 53; ++b) term[index(position + b)] = static_cast<int>((mantissa >> b) & 1);
        if (x < 0) negate(term);
        accumulate(term);
    }

    [[nodiscard]] double value() const {
        std::vector<int> magnitude = sum_;
        const bool negative = magnitude.back() == 1;
        if (negative) negate(magnitude);
        int top = bits - 1;
        while (top >= 0 && magnitude[index(top)] == 0) --top;
        if (top < 0) return 0;
        const int last = std::max(top - 52, 0);
        double mantissa = 0;
        for (int b = top; b >= last; --b) mantissa = 2 * mantissa + magnitude[index(b)];
        const bool half = last > 0 && magnitude[index(last - 1)] == 1;
        bool more = false;
        for (int b = 0; b < last - 1; ++b) more = more || magnitude[index(b)] == 1;
        if (half && (more || magnitude[index(last)] == 1)) mantissa += 1;
        const double result = std::ldexp(mantissa, last - 1074);
        return negative ? -result : result;
    }

  private:
    static constexpr int bits = 2304;
    static std::size_t index(int b) { return static_cast<std::size_t>(b); }

    static void negate(std::vector<int>& number) {
        for (int& bit : number) bit = 1 - bit;
        for (int& bit : number) {
            bit = 1 - bit;
            if (bit == 1) break;
        }
    }

    void accumulate(const std::vector<int>& term) {
        int carry = 0;
        for (std::size_t b = 0; b < term.size(); ++b) {
            const int total = sum_[b] + term[b] + carry;
            sum_[b] = total % 2;
            carry = total / 2;
        }
    }

    std::vector<int> sum_ = std::vector<int>(bits, 0);
};

std::uint64_t bits_of(double x) {
    return std::bit_cast<std::uint64_t>(x);
}

double exact(const std::vector<double>& terms) {
    ExactSum sum;
    for (const double term : terms) sum.add(term);
    return sum.value();
}

/// A finite double with any bit pattern, its exponent field in [lowest, highest].
double any_double(std::mt19937_64& random, int lowest, int highest) {
    const auto span = static_cast<std::uint64_t>(highest - lowest + 1);
    const std::uint64_t exponent = static_cast<std::uint64_t>(lowest) + random() % span;
    return std::bit_cast<double>((random() & 0x800fffffffffffff) | (exponent << 52));
}

}  // namespace

TEST_CASE("the sum of a single value is that value") {
    std::mt19937_64 random(1);
    for (int i = 0; i < 100000; ++i) {
        const double x = any_double(random, 0, 2046);
        CHECK(bits_of(exact({x})) == bits_of(x));
    }
    for (const double x : {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(),
                           -Limits::denorm_min(), 1.0, -1.0}) {
        CHECK(bits_of(exact({x})) == bits_of(x));
    }
    CHECK(bits_of(exact({})) == bits_of(0.0));
    CHECK(bits_of(exact({-0.0})) == bits_of(0.0));
}

TEST_CASE("sums agree with a naive big integer") {
    std::mt19937_64 random(2);
    const auto [lowest, highest] =
        GENERATE(std::pair{0, 2046}, std::pair{0, 3}, std::pair{0, 60}, std::pair{1000, 1060},
                 std::pair{1020, 1026}, std::pair{2040, 2046});
    for (int round = 0; round < 40; ++round) {
        const int count = 1 + static_cast<int>(random() % 24);
        NaiveSum oracle;
        ExactSum sum;
        std::vector<double> terms;
        for (int i = 0; i < count; ++i) {
            // Now and then the opposite of an earlier term or of the sum so far: cancellation.
            double x = any_double(random, lowest, highest);
            if (!terms.empty() && random() % 4 == 0) x = -terms[random() % terms.size()];
            if (random() % 4 == 0 && std::isfinite(sum.value())) x = -sum.value();
            terms.push_back(x);
            sum.add(x);
            oracle.add(x);
            CHECK(bits_of(sum.value()) == bits_of(oracle.value()));
        }
    }
}

TEST_CASE("large terms that cancel leave the small ones") {
    CHECK(exact({1e308, -1e308, 1e-308}) == 1e-308);
    CHECK(exact({1e308, 1e308, 1e308, -1e308, -1e308, -1e308, 5e-324}) == 5e-324);
    CHECK(exact({Limits::max(), Limits::max(), -Limits::max()}) == Limits::max());
    CHECK(exact({1, 1e100, 1, -1e100}) == 2);
    CHECK(bits_of(exact({1.5, -1.5})) == bits_of(0.0));
    CHECK(exact({Limits::min(), -Limits::denorm_min()}) == Limits::min() - Limits::denorm_min());
}

TEST_CASE("rounding is to nearest, ties to even") {
    const double ulp = Limits::epsilon();
    const double least = Limits::denorm_min();
    CHECK(exact({1, ulp / 2}) == 1);
    CHECK(exact({1, ulp / 2, least}) == 1 + ulp);
    CHECK(exact({1, ulp / 2, -least}) == 1);
    CHECK(exact({1 + ulp, ulp / 2}) == 1 + 2 * ulp);
    CHECK(exact({1 + ulp, ulp / 2, -least}) == 1 + ulp);
    CHECK(exact({-1, -ulp / 2}) == -1);
    CHECK(exact({-1, -ulp / 2, -least}) == -1 - ulp);
    CHECK(exact({2 - ulp, ulp / 2}) == 2);  // the carry runs through the whole mantissa
}

TEST_CASE("a sum that rounds beyond the largest double is infinite") {
    const double half_ulp = std::ldexp(1.0, 970);
    CHECK(exact({Limits::max(), half_ulp}) == Limits::infinity());
    CHECK(exact({Limits::max(), half_ulp, -1}) == Limits::max());
    CHECK(exact({Limits::lowest(), -half_ulp}) == -Limits::infinity());
    ExactSum many;
    for (int i = 0; i < 1000000; ++i) many.add(Limits::max());
    CHECK(many.finite());
    CHECK(many.value() == Limits::infinity());
    for (int i = 1; i < 1000000; ++i) many.add(Limits::lowest());
    CHECK(many.value() == Limits::max());
}

TEST_CASE("values that are not finite are counted, not summed") {
    for (const double x : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
        ExactSum sum;
        sum.add(1);
        CHECK(sum.finite());
        sum.add(x);
        sum.add(-x);
        sum.normalise();
        CHECK_FALSE(sum.finite());
        CHECK(std::isnan(sum.value()));
        ExactSum other;
        other.add(2);
        other.add(sum);
        CHECK_FALSE(other.finite());
        sum.reset();
        CHECK(sum.finite());
        CHECK(bits_of(sum.value()) == bits_of(0.0));
    }
}

TEST_CASE("ten million terms in any order and grouping have one sum") {
    constexpr std::size_t count = 10'000'000;
    std::mt19937_64 random(3);
    std::vector<double> terms(count);
    for (double& term : terms) term = any_double(random, 900, 1100);
    const double expected = exact(terms);
    for (int round = 0; round < 2; ++round) {
        std::shuffle(terms.begin(), terms.end(), random);
        CHECK(bits_of(exact(terms)) == bits_of(expected));
    }
    std::vector<ExactSum> parts(7);
    for (const double term : terms) parts[random() % parts.size()].add(term);
    ExactSum forwards;
    for (const ExactSum& part : parts) forwards.add(part);
    CHECK(bits_of(forwards.value()) == bits_of(expected));
    ExactSum left = parts[6];
    for (const std::size_t k : {3U, 0U, 5U}) left.add(parts[k]);
    ExactSum right = parts[1];
    for (const std::size_t k : {4U, 2U}) right.add(parts[k]);
    right.normalise();
    right.add(left);
    CHECK(bits_of(right.value()) == bits_of(expected));
}

TEST_CASE("limbs of many ranks add up as integers") {
    std::mt19937_64 random(4);
    constexpr int ranks = 5;
    std::vector<ExactSum> total(3);
    std::vector<ExactSum> reduced(3);
    for (int rank = 0; rank < ranks; ++rank) {
        std::vector<ExactSum> own(3);
        for (std::size_t k = 0; k < own.size(); ++k) {
            for (int i = 0; i < 1000; ++i) {
                const double x = any_double(random, 0, 2046);
                own[k].add(x);
                total[k].add(x);
            }
        }
        const auto from = sae::limbs(own);
        REQUIRE(from.size() == 3 * ExactSum::limb_count);
        auto* const into = reinterpret_cast<std::int64_t*>(reduced.data());
        for (std::size_t k = 0; k < from.size(); ++k) into[k] += from[k];
    }
    for (std::size_t k = 0; k < total.size(); ++k)
        CHECK(bits_of(reduced[k].value()) == bits_of(total[k].value()));
}

TEST_CASE("carries are moved before a limb overflows") {
    // Doubling a sum 45 times is 2^45 deposits of the worst pattern: all bits set, low bit in the middle of a
    // limb.
    const double worst = std::ldexp(std::ldexp(1.0, 53) - 1, -31);
    for (const double x : {worst, -worst}) {
        ExactSum sum;
        sum.add(x);
        for (int doubling = 0; doubling < 45; ++doubling) sum.add(ExactSum(sum));
        CHECK(sum.value() == std::ldexp(x, 45));
    }
    // 2^20 ranks that hand out full limbs.
    std::vector<ExactSum> own(1);
    own[0].add(-Limits::denorm_min());  // carried: every limb but the last is 2^32 - 1
    auto limbs = sae::limbs(own);
    for (std::int64_t& limb : limbs) limb *= std::int64_t{1} << 20;
    CHECK(own[0].value() == -std::ldexp(Limits::denorm_min(), 20));
    own[0].add(1);
    CHECK(own[0].value() == 1);
}
