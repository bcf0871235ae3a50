#pragma once
#include <functional>
#include <string>

#include "sae/app/image_sources.hpp"

namespace sae {

/// SHA-256 of the first `count` images of a source and of their size, in hexadecimal.
[[nodiscard]] std::string hash_of_first(const Images& images, Index count);

/// The same images, which are hashed while somebody reads them from the first to the last; `tell` then gets
/// hash_of_first() of all. Read in another order, they are just read.
[[nodiscard]] Images hashed_in_passing(Images images, std::function<void(std::string)> tell);

}  // namespace sae
