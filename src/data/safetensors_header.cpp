#include "sae/data/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "sae/core/error.hpp"

namespace sae {
namespace {

using nlohmann::json;

constexpr Index kLargest = std::numeric_limits<Index>::max();
constexpr char kMetadata[] = "__metadata__";

struct DtypeEntry {
    Dtype dtype;
    const char* name;
    Index size;
};
constexpr std::array<DtypeEntry, 4> kDtypes = {
    {{Dtype::f64, "F64", 8}, {Dtype::f32, "F32", 4}, {Dtype::i64, "I64", 8}, {Dtype::u8, "U8", 1}}};

const DtypeEntry& entry(Dtype dtype) {
    return *std::find_if(kDtypes.begin(), kDtypes.end(), [&](const auto& e) { return e.dtype == dtype; });
}

/// Throws the errors of one file.
class Complaint {
  public:
    explicit Complaint(const std::string& path) : path_(path) {}

    [[noreturn]] void operator()(const std::string& what) const {
        throw Error("cannot read " + path_ + ": not a valid safetensors file: " + what);
    }

  private:
    const std::string& path_;
};

/// Parses JSON and refuses what a safetensors header never has: a key twice, which the JSON library would
/// accept silently, and nesting deeper than a tensor's shape.
json parse_json(std::string_view text, const Complaint& complain) {
    std::vector<std::set<std::string>> keys;
    const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
        using Event = json::parse_event_t;
        if ((event == Event::object_start || event == Event::array_start) && depth > 2) {
            complain("the header is nested deeper than {name: {shape: [...]}}");
        }
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(parsed.get<std::string>()).second) {
            complain(quoted(parsed.get<std::string>()) + " occurs twice in the header");
        }
        return true;
    };
    // The JSON library ends the text at the first zero byte.
    if (text.find('\0') != std::string_view::npos) complain("the header is not JSON: it holds a zero byte");
    try {
        return json::parse(text.begin(), text.end(), check);
    } catch (const json::parse_error& error) {
        complain("the header is not JSON: error at its byte " + std::to_string(error.byte) + " of " +
                 std::to_string(text.size()));
    } catch (const json::exception&) {
        complain("the header holds a number that is out of range");
    }
}

/// A list of integers from 0 to 2^63 - 1; anything else is refused.
std::vector<Index> read_integers(const json& tensor, const char* key, const std::string& name,
                                 const Complaint& complain) {
    const auto list = tensor.find(key);
    if (list == tensor.end() || !list->is_array())
        complain("tensor " + name + " has no list \"" + key + "\"");
    std::vector<Index> values;
    for (const json& value : *list) {
        if (!value.is_number_unsigned() ||
            value.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargest)) {
            complain("tensor " + name + " has " + quoted(value.dump(-1, ' ', true)) + " in its \"" + key +
                     "\", expected integers from 0 to 2^63 - 1");
        }
        values.push_back(value.get<Index>());
    }
    return values;
}

Dtype read_dtype(const json& tensor, const std::string& name, const Complaint& complain) {
    const auto dtype = tensor.find("dtype");
    if (dtype == tensor.end() || !dtype->is_string()) complain("tensor " + name + " has no text \"dtype\"");
    for (const DtypeEntry& known : kDtypes) {
        if (*dtype == known.name) return known.dtype;
    }
    complain("tensor " + name + " has the dtype " + quoted(dtype->get<std::string>()) +
             ", expected F64, F32, I64 or U8; convert it");
}

TensorInfo read_tensor(const std::string& key, const json& value, const Complaint& complain) {
    const std::string name = quoted(key);
    if (!value.is_object()) complain("the entry " + name + " is not an object");
    TensorInfo tensor{key, read_dtype(value, name, complain), read_integers(value, "shape", name, complain)};
    const std::vector<Index> offsets = read_integers(value, "data_offsets", name, complain);
    if (offsets.size() != 2) {
        complain("tensor " + name + " has " + std::to_string(offsets.size()) + " data_offsets, expected 2");
    }
    if (value.size() != 3) complain("tensor " + name + " has more than dtype, shape and data_offsets");
    tensor.begin = offsets[0];
    tensor.end = offsets[1];
    Index bytes = size_of(tensor.dtype);
    for (const Index extent : tensor.shape) {
        if (__builtin_mul_overflow(bytes, extent, &bytes)) {
            complain("tensor " + name + " with shape " + to_text(tensor.shape) + " exceeds 2^63 bytes");
        }
    }
    if (tensor.begin > tensor.end || tensor.end - tensor.begin != bytes) {
        complain("tensor " + name + " with shape " + to_text(tensor.shape) + " of " + name_of(tensor.dtype) +
                 " needs " + std::to_string(bytes) + " bytes, but its data_offsets are " + to_text(offsets));
    }
    return tensor;
}

Metadata read_metadata(const json& value, const Complaint& complain) {
    if (!value.is_object()) complain("__metadata__ is not an object");
    Metadata metadata;
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) complain("the metadata " + quoted(key) + " is not a text");
        metadata[key] = text.get<std::string>();
    }
    return metadata;
}

/// Each byte of the data belongs to one tensor.
void check_cover(const std::vector<TensorInfo>& tensors, Index data_size, const Complaint& complain) {
    Index covered = 0;
    std::string previous = "the header";
    for (const TensorInfo& tensor : tensors) {
        const std::string name = quoted(tensor.name);
        if (tensor.end > data_size) {
            complain("tensor " + name + " ends at byte " + std::to_string(tensor.end) +
                     " of the data, which has " + std::to_string(data_size) +
                     " bytes; the file is cut short");
        }
        if (tensor.begin < covered) complain("the tensors " + previous + " and " + name + " overlap");
        if (tensor.begin > covered) {
            complain(std::to_string(tensor.begin - covered) + " bytes between " + previous + " and tensor " +
                     name + " belong to no tensor");
        }
        covered = tensor.end;
        previous = name;
    }
    if (covered < data_size) {
        complain(std::to_string(data_size - covered) + " bytes after " + previous + " belong to no tensor");
    }
}

}  // namespace

Index size_of(Dtype dtype) {
    return entry(dtype).size;
}

std::string name_of(Dtype dtype) {
    return entry(dtype).name;
}

std::string to_text(const std::vector<Index>& shape) {
    constexpr std::size_t kMost = 8;
    std::string text = "[";
    for (std::size_t i = 0; i < std::min(shape.size(), kMost); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + (shape.size() > kMost ? ", ...]" : "]");
}

SafetensorsHeader parse_safetensors_header(std::string_view text, Index data_size, const std::string& path) {
    const Complaint complain(path);
    const json document = parse_json(text, complain);
    if (!document.is_object() || text.front() != '{') complain("the header does not begin with {");
    SafetensorsHeader header;
    for (const auto& [key, value] : document.items()) {
        if (key == kMetadata) {
            header.metadata = read_metadata(value, complain);
        } else {
            header.tensors.push_back(read_tensor(key, value, complain));
        }
    }
    std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    check_cover(header.tensors, data_size, complain);
    return header;
}

std::string format_safetensors_header(const SafetensorsHeader& header) {
    nlohmann::ordered_json document = nlohmann::ordered_json::object();
    if (!header.metadata.empty()) document[kMetadata] = header.metadata;
    for (const TensorInfo& tensor : header.tensors) {
        document[tensor.name] = {{"dtype", name_of(tensor.dtype)},
                                 {"shape", tensor.shape},
                                 {"data_offsets", {tensor.begin, tensor.end}}};
    }
    std::string text;
    try {
        text = document.dump();
    } catch (const json::exception&) {
        throw Error("a name or a text of the metadata is not valid UTF-8 and cannot be written; rename it");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

}  // namespace sae
