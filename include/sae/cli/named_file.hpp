#pragma once
#include <string>
#include <vector>

namespace sae {

/// A file that an option names.
struct NamedFile {
    std::string option;  ///< without the dashes
    std::string path;
};

/// Throws UsageError if `written` is one of the others, by any path: no file is written over another.
void check_apart(const NamedFile& written, const std::vector<NamedFile>& others);

}  // namespace sae
