#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// Grey images of one size that can be read by number: a file or a generator. Only one thread may use it at a
/// time.
class ImageSource {
  public:
    ImageSource() = default;
    ImageSource(const ImageSource&) = delete;
    ImageSource& operator=(const ImageSource&) = delete;
    virtual ~ImageSource() = default;

    [[nodiscard]] virtual Index count() const = 0;
    [[nodiscard]] virtual Index rows() const = 0;
    [[nodiscard]] virtual Index cols() const = 0;
    /// rows() * cols(): the bytes of an image, one a pixel.
    [[nodiscard]] Index image_size() const { return rows() * cols(); }

    /// One line for the user, in readable() characters: what the images are, how many, of what size.
    [[nodiscard]] virtual std::string description() const = 0;

    /// Whether any image can be read at the same cost. If not, skipping images costs as much as reading them,
    /// and going back starts again from the first image; so one reader should read all of them once, in
    /// order.
    [[nodiscard]] virtual bool random_access() const = 0;

    /// Fills `images` with the images [first, first + n), n = images.size() / image_size(): one after the
    /// other, each row-major, a byte a pixel, 0 black. Throws Error if there are fewer, if `images` does not
    /// hold a whole number of images, or if the source cannot be read.
    void read(Index first, std::span<std::uint8_t> images);

  private:
    /// read() for a range that is valid and not empty.
    virtual void read_range(Index first, std::span<std::uint8_t> images) = 0;
};

/// The first `count` images of a source.
struct Images {
    std::unique_ptr<ImageSource> source;
    Index count = 0;

    /// The pixels of the first `most` of them, or of all if there are fewer.
    [[nodiscard]] std::vector<std::uint8_t> first(Index most) const;
};

}  // namespace sae
