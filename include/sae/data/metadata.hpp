#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sae/core/shape.hpp"

namespace sae {

/// The description in a file, as texts by name: in safetensors the entry `__metadata__`.
using Metadata = std::map<std::string, std::string>;

/// Text from a file as messages show it: in quotes, on one line, of limited length.
[[nodiscard]] std::string quoted(const std::string& text);

/// The shortest decimal that reads back as the same double (at most 17 significant digits).
[[nodiscard]] std::string shortest_decimal(double value);

/// Sets the entry `key` to the number: the shortest decimal of a double, all digits of an integer.
void put_number(Metadata& metadata, const std::string& key, double value);
void put_number(Metadata& metadata, const std::string& key, Index value);
void put_number(Metadata& metadata, const std::string& key, std::uint64_t value);

/// The number under `key`, or nothing if there is no such key. T is double, Index or std::uint64_t. Throws
/// Error, with the file `path`, the key and the text, if the text is not a number of this type.
template <class T>
[[nodiscard]] std::optional<T> find_number(const Metadata& metadata, const std::string& key,
                                           const std::string& path);

/// How two descriptions differ: `lambda is "0.1" there and "0.2" here, ...`; empty if they do not. Names that
/// only `there` has are reported too, except those `ignored`; only the first few, since a file may have any
/// number.
[[nodiscard]] std::string differences(const Metadata& there, const Metadata& here,
                                      const std::set<std::string>& ignored = {});

}  // namespace sae
