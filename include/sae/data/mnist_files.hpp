#pragma once
#include <filesystem>

namespace sae {

/// The images of the MNIST database in one directory.
struct MnistFiles {
    std::filesystem::path train_images;
    std::filesystem::path test_images;
};

/// Finds the files under their usual names: `train-images-idx3-ubyte` and `t10k-images-idx3-ubyte`, or with a
/// dot, `train-images.idx3-ubyte`, raw or with `.gz` appended, in this order of preference. Throws Error if
/// `directory` is not a directory or one of the two files is missing; the message lists the names that were
/// tried.
[[nodiscard]] MnistFiles find_mnist(const std::filesystem::path& directory);

}  // namespace sae
