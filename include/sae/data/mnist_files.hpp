#pragma once
#include <filesystem>

namespace sae {

/// The files of the MNIST database in one directory. A path of labels is empty if there is no such file:
/// only what needs labels has to care.
struct MnistFiles {
    std::filesystem::path train_images;
    std::filesystem::path train_labels;
    std::filesystem::path test_images;
    std::filesystem::path test_labels;
};

/// Finds them under their usual names: `train-images-idx3-ubyte` (`t10k-...`, `...-labels-idx1-...`) or with
/// a dot, `train-images.idx3-ubyte`, raw or with `.gz` appended, in this order of preference. Throws Error if
/// `directory` is none or one of the two files of images is not there, with the names that were looked for.
[[nodiscard]] MnistFiles find_mnist(const std::filesystem::path& directory);

}  // namespace sae
