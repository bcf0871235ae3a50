#pragma once
#include <string>
#include <vector>

namespace sae {

/// A command line for a shell: words that need quotes have them.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& words);

}  // namespace sae
