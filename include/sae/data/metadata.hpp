#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sae/core/shape.hpp"

namespace sae {

/// A file's description of itself, in safetensors the entry `__metadata__`: text by name.
using Metadata = std::map<std::string, std::string>;

/// Text from a file in a form for messages: in quotes, on one line, of limited length.
[[nodiscard]] std::string quoted(const std::string& text);

/// The shortest decimal that reads back as the same double (at most 17 significant digits).
[[nodiscard]] std::string shortest_decimal(double value);

/// Sets the entry `key` to the number: the shortest decimal of a double, all digits of an integer.
void put_number(Metadata& metadata, const std::string& key, double value);
void put_number(Metadata& metadata, const std::string& key, Index value);
void put_number(Metadata& metadata, const std::string& key, std::uint64_t value);

/// The number under `key`, or nothing if there is no such key. T is double, Index or std::uint64_t. An Error
/// that names the file `path`, the key and the text if it is not a number of this type.
template <class T>
[[nodiscard]] std::optional<T> find_number(const Metadata& metadata, const std::string& key,
                                           const std::string& path);

/// How two descriptions differ: `lambda is "0.1" there and "0.2" here, ...`; empty if they do not. Of names
/// that `here` lacks, which may be anything and any number, the first few count, but not those `ignored`.
[[nodiscard]] std::string differences(const Metadata& there, const Metadata& here,
                                      const std::set<std::string>& ignored = {});

}  // namespace sae
