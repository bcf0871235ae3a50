#include "sae/data/mnist_files.hpp"

#include <array>
#include <string>
#include <system_error>

#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

struct Names {
    std::string set;   ///< "train" or "t10k"
    std::string kind;  ///< "images" or "labels"
    std::string type;  ///< "idx3-ubyte" or "idx1-ubyte"

    [[nodiscard]] std::array<std::string, 4> all() const {
        const std::string dash = set + "-" + kind + "-" + type;
        const std::string dot = set + "-" + kind + "." + type;
        return {dash, dot, dash + ".gz", dot + ".gz"};
    }
};

fs::path find(const fs::path& directory, const Names& names) {
    std::error_code ignored;
    for (const std::string& name : names.all()) {
        if (fs::exists(directory / name, ignored)) return directory / name;
    }
    return {};
}

fs::path find_images(const fs::path& directory, const std::string& set) {
    const Names names{set, "images", "idx3-ubyte"};
    fs::path found = find(directory, names);
    if (!found.empty()) return found;
    std::string tried;
    for (const std::string& name : names.all()) tried += (tried.empty() ? "" : ", ") + name;
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
    return {find_images(directory, "train"), find(directory, {"train", "labels", "idx1-ubyte"}),
            find_images(directory, "t10k"), find(directory, {"t10k", "labels", "idx1-ubyte"})};
}

}  // namespace sae
