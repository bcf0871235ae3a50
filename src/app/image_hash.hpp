#pragma once
#include <functional>
#include <string>

#include "sae/app/image_sources.hpp"

namespace sae {

/// SHA-256 of the first `count` images of a source and of their size, in hexadecimal.
[[nodiscard]] std::string hash_of_first(const Images& images, Index count);

/// The same images. If they are read from the first to the last, they are hashed on the way and `tell` is
/// called with hash_of_first() of all; read in another order, they are not hashed.
[[nodiscard]] Images hashed_in_passing(Images images, std::function<void(std::string)> tell);

}  // namespace sae
