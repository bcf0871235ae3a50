#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace reference {

/// docs/arithmetic.md, section "Exact sums": one integer of 2240 bits in two's complement, in units of
/// 2^-1074, and a single rounding when it is read.
class ExactSum {
  public:
    void add(double x) {
        if (!std::isfinite(x)) {
            finite_ = false;
            return;
        }
        if (x == 0) return;
        int exponent = 0;
        const double fraction = std::frexp(std::abs(x), &exponent);
        // |x| = mantissa 2^(exponent - 53); a subnormal number has fewer bits below.
        auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
        int position = exponent - 53 + 1074;
        while (position < 0) {
            mantissa /= 2;
            ++position;
        }
        std::array<std::uint32_t, words> term{};
        for (int bit = 0; bit < 53; ++bit)
            if ((mantissa >> bit & 1) != 0) set(term, position + bit);
        if (x < 0) negate(term);
        add_words(term);
    }

    [[nodiscard]] double value() const {
        if (!finite_) return std::nan("");
        std::array<std::uint32_t, words> magnitude = words_;
        const bool negative = (magnitude[words - 1] >> 31) != 0;
        if (negative) negate(magnitude);
        const double result = rounded(magnitude);
        return negative ? -result : result;
    }

  private:
    static constexpr std::size_t words = 70;
    using Words = std::array<std::uint32_t, words>;

    static bool get(const Words& number, int bit) {
        return (number[static_cast<std::size_t>(bit / 32)] >> (bit % 32) & 1) != 0;
    }

    static void set(Words& number, int bit) {
        number[static_cast<std::size_t>(bit / 32)] |= std::uint32_t{1} << (bit % 32);
    }

    static void negate(Words& number) {
        std::uint64_t carry = 1;
        for (std::uint32_t& word : number) {
            carry += static_cast<std::uint32_t>(~word);
            word = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    }

    void add_words(const Words& term) {
        std::uint64_t carry = 0;
        for (std::size_t k = 0; k < words; ++k) {
            carry += std::uint64_t{words_[k]} + term[k];
            words_[k] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    }

    /// To nearest, ties to even.
    static double rounded(const Words& number) {
        int top = static_cast<int>(32 * words) - 1;
        while (top >= 0 && !get(number, top)) --top;
        if (top < 0) return 0;
        const int last = top > 52 ? top - 52 : 0;
        std::uint64_t mantissa = 0;
        for (int bit = top; bit >= last; --bit) mantissa = 2 * mantissa + (get(number, bit) ? 1 : 0);
        bool below = false;
        for (int bit = 0; bit + 1 < last; ++bit) below = below || get(number, bit);
        if (last > 0 && get(number, last - 1) && (below || mantissa % 2 == 1)) ++mantissa;
        return std::ldexp(static_cast<double>(mantissa), last - 1074);
    }

    Words words_{};
    bool finite_ = true;
};

}  // namespace reference
