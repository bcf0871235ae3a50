#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace sae::test {

/// The bytes of `values` as they are in memory.
template <class T>
std::string bytes_of(const std::vector<T>& values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

/// A safetensors file with any header, right or wrong, any data and any length field.
inline std::string safetensors_text(const std::string& header, const std::string& data,
                                    std::uint64_t length) {
    return bytes_of(std::vector{length}) + header + data;
}
inline std::string safetensors_text(const std::string& header, const std::string& data) {
    return safetensors_text(header, data, header.size());
}

/// The entry of one tensor in a header.
inline std::string tensor_entry(const std::string& name, const std::string& dtype, const std::string& shape,
                                std::uint64_t begin, std::uint64_t end) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}

/// A malformed file and what the message about it must contain.
struct Malformed {
    std::string what;
    std::string content;
    std::string expected;
};

}  // namespace sae::test
