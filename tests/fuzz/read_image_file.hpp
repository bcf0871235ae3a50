#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "refusal.hpp"
#include "sae/data/image_file.hpp"

namespace sae::fuzz {

/// Reads a file of images: the last image, then all from the first one on, as a rank's shard is read.
inline void read_images(const std::string& path) {
    constexpr Index most = Index{1} << 20;
    const auto source = open_image_file(path);
    require(source->count() >= 1 && source->rows() >= 1 && source->cols() >= 1, "an empty array");
    check_message(source->description());
    if (source->image_size() > most) return;
    std::vector<std::uint8_t> image(static_cast<std::size_t>(source->image_size()));
    source->read(source->count() - 1, image);
    const Index images = std::min(source->count(), most / source->image_size());
    std::vector<std::uint8_t> first(static_cast<std::size_t>(images * source->image_size()));
    source->read(0, first);
    if (images == source->count()) {
        require(std::equal(image.rbegin(), image.rend(), first.rbegin()), "two readings differ");
    }
}

/// Opens the file as images; what is no such file is refused.
inline void read_image_file(const std::string& path) {
    accepts([&] { read_images(path); });
}

}  // namespace sae::fuzz
