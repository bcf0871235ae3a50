#pragma once
#include <string>
#include <vector>

#include "../data/temporary_directory.hpp"
#include "catch.hpp"
#include "sae/app/options.hpp"
#include "sae/core/error.hpp"

namespace sae::test {

using Words = std::vector<std::string>;

/// The options that the words of a command line make.
template <class Options>
Options parsed(const Words& words) {
    Options options;
    REQUIRE(table_of(options).parse(words));
    return options;
}

/// What the words of a command line are refused for; empty if they are not.
template <class Options>
std::string complaint(const Words& words) {
    return message_of<UsageError>([&] {
        Options options;
        (void)table_of(options).parse(words);
    });
}

/// Reads back what to_ini() writes.
template <class Options>
Options again(const Options& options) {
    const TemporaryDirectory place;
    write_text(place / "run.ini", to_ini(options));
    return parsed<Options>({"--config", place / "run.ini"});
}

}  // namespace sae::test
