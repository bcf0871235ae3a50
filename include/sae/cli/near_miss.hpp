#pragma once
#include <span>
#include <string>
#include <string_view>

namespace sae {

/// The candidate that `word` was probably meant to be: one that it begins, or the nearest within a third of
/// the word's length in insertions, deletions, substitutions and swaps of neighbours (restricted
/// Damerau-Levenshtein distance). Empty if none is near.
[[nodiscard]] std::string near_miss(std::string_view word, std::span<const std::string> candidates);

}  // namespace sae
