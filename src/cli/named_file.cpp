#include "sae/cli/named_file.hpp"

#include <filesystem>

#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

bool same_file(const std::string& a, const std::string& b) {
    std::error_code problem;
    if (fs::equivalent(a, b, problem)) return true;
    // At least one of the two does not exist yet. A relative path could stay relative.
    return fs::weakly_canonical(fs::absolute(a), problem) == fs::weakly_canonical(fs::absolute(b), problem);
}

}  // namespace

void check_apart(const NamedFile& written, const std::vector<NamedFile>& others) {
    for (const NamedFile& other : others) {
        if (same_file(written.path, other.path))
            throw UsageError("--" + written.option + ": " + written.path + " is also a file of --" +
                             other.option + "; give another name");
    }
}

}  // namespace sae
