#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "sae/data/image_source.hpp"

namespace sae {

/// Two independent sequences of digits. The numbers select the random numbers, so they decide what is drawn.
enum class DigitSet : std::uint32_t { train = 1, test = 2 };

/// Handwritten-like digits of 28 x 28 pixels that the program draws: white ink on black, about 20 pixels
/// large and centred by mass, as in MNIST. Each is a pure function of (seed, set, index): a glyph of its
/// digit (several ways to write each) whose control points are jittered, drawn as splines with its own slant,
/// rotation, aspect, pen width and pen pressure. Only +, -, *, / and sqrt in double decide the pixels, so
/// their bytes are the same on every machine.
class BuiltinDigits final : public ImageSource {
  public:
    static constexpr Index side = 28;

    /// The first `count` >= 1 digits of `set`; read() draws on `threads` >= 1 threads.
    BuiltinDigits(std::uint64_t seed, DigitSet set, Index count, int threads = 1);

    [[nodiscard]] Index count() const override { return count_; }
    [[nodiscard]] Index rows() const override { return side; }
    [[nodiscard]] Index cols() const override { return side; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] bool random_access() const override { return true; }

    /// The digit, 0 ... 9, that image `index` shows.
    [[nodiscard]] int label(Index index) const;

    /// Draws image `index` >= 0, row-major. Several threads may draw at the same time.
    void draw(Index index, std::span<std::uint8_t, side * side> pixels) const;

  private:
    void read_range(Index first, std::span<std::uint8_t> images) override;

    std::uint64_t seed_;
    DigitSet set_;
    Index count_;
    int threads_;
};

}  // namespace sae
