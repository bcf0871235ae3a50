#include "sae/data/mnist_files.hpp"

#include <array>
#include <string>
#include <system_error>

#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

/// `set` is "train" or "t10k".
std::array<std::string, 4> names_of_images(const std::string& set) {
    const std::string dash = set + "-images-idx3-ubyte";
    const std::string dot = set + "-images.idx3-ubyte";
    return {dash, dot, dash + ".gz", dot + ".gz"};
}

fs::path find_images(const fs::path& directory, const std::string& set) {
    std::error_code ignored;
    std::string tried;
    for (const std::string& name : names_of_images(set)) {
        if (fs::exists(directory / name, ignored)) return directory / name;
        tried += (tried.empty() ? "" : ", ") + name;
    }
    throw Error("no MNIST " + std::string(set == "train" ? "training" : "test") + " images in " +
                directory.string() + ": looked for " + tried);
}

}  // namespace

MnistFiles find_mnist(const fs::path& directory) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        throw Error("no MNIST in " + directory.string() + ": " + (error ? error.message() : "it is a file") +
                    ", expected a directory that holds the files");
    }
    return {find_images(directory, "train"), find_images(directory, "t10k")};
}

}  // namespace sae
