#include "first_images.hpp"

#include <algorithm>

#include "sae/data/picture.hpp"

namespace sae {

FirstImages read_first_images(const Images& images) {
    ImageSource& source = *images.source;
    FirstImages first{std::min(FirstImages::most, images.count), source.rows(), source.cols(), {}, {}};
    first.pixels.resize(static_cast<std::size_t>(first.count * source.image_size()));
    source.read(0, first.pixels);
    first.picture = encode_png(grid(first.pixels, first.count, first.rows, first.cols));
    return first;
}

}  // namespace sae
