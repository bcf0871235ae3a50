#include "sae/cli/number_text.hpp"

#include <cmath>

#include "fuzz_target.hpp"
#include "refusal.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/metadata.hpp"

/// Text that may be a number. One that is read comes back from what is written of it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    sae::fuzz::check_message(sae::excerpt(text));
    if (const auto real = sae::read_real(text)) {
        sae::fuzz::require(std::isfinite(*real), "a number that is not finite");
        sae::fuzz::require(sae::read_real(sae::shortest_decimal(*real)) == real, "a real not read back");
    }
    const auto signed_number = sae::read_integer<sae::Index>(text);
    const auto natural = sae::read_integer<std::uint64_t>(text);
    if (signed_number) {
        const std::string written = std::to_string(*signed_number);
        sae::fuzz::require(sae::read_integer<sae::Index>(written) == signed_number,
                           "an integer not read back");
        sae::fuzz::require(natural.has_value() || text.front() == '-', "a sign decides");
    }
    if (natural) sae::fuzz::require(sae::read_real(text).has_value(), "an integer that is no number");
    return 0;
}
