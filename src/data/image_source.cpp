#include "sae/data/image_source.hpp"

#include <algorithm>

#include "sae/core/error.hpp"

namespace sae {

void ImageSource::read(Index first, std::span<std::uint8_t> images) {
    const auto bytes = static_cast<Index>(images.size());
    const Index wanted = bytes / image_size();
    if (bytes % image_size() != 0) {
        throw Error("cannot read images into " + std::to_string(bytes) + " bytes: expected a multiple of " +
                    std::to_string(image_size()) + " (" + description() + ")");
    }
    if (first < 0 || first > count() || wanted > count() - first) {
        throw Error("cannot read " + std::to_string(wanted) + " images from number " + std::to_string(first) +
                    " on: there are " + std::to_string(count()) + " (" + description() + ")");
    }
    if (wanted > 0) read_range(first, images);
}

std::vector<std::uint8_t> Images::first(Index most) const {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(std::min(most, count) * source->image_size()));
    source->read(0, pixels);
    return pixels;
}

}  // namespace sae
