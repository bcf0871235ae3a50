#pragma once
#include <cstdint>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// The images that a run's pictures show.
struct FirstImages {
    static constexpr Index most = 100;

    Index count = 0, rows = 0, cols = 0;
    std::vector<std::uint8_t> pixels;  ///< one image after the other
    PngBytes picture;                  ///< all of them in a grid
};

/// The first `most` images of a source, or all if they are fewer.
[[nodiscard]] FirstImages read_first_images(const Images& images);

}  // namespace sae
