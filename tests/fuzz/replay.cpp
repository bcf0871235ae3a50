#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "fuzz_target.hpp"

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

}  // namespace

/// Gives a fuzz target the inputs in the directory that the command line names, without a fuzzer.
int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " DIRECTORY\n";
        return 2;
    }
    int failures = 0;
    const std::vector<std::filesystem::path> files = files_in(argv[1]);
    for (const std::filesystem::path& file : files) {
        std::ifstream stream(file, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
        try {
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        } catch (const std::exception& error) {
            std::cerr << file.string() << ": " << error.what() << '\n';
            ++failures;
        }
    }
    std::cout << files.size() << " inputs, " << failures << " failures\n";
    return failures == 0 && !files.empty() ? 0 : 1;
}
