#pragma once
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sae {

using Json = nlohmann::json;

/// The files of src/report/templates by name, embedded at build time.
extern const std::map<std::string, std::string_view, std::less<>> templates;

/// Fills in a template, by a part of Mustache (mustache(5)). {{name}} is a value for people: a text, escaped
/// for an element or a quoted attribute, an integer by count(), another number by number(), null as a dash.
/// {{{name}}} is the value itself: a text as it is, a number with all digits, null as nothing.
/// {{#name}}...{{/name}} is repeated for each element of a list, and is shown once for any other value but
/// null, false, an empty text or a missing one; {{^name}}...{{/name}} is shown where that is not; neither
/// contains a section of the same name. {{>name}} includes another template. Names are looked up in the
/// innermost object first; {{.}} is the element itself. Throws std::logic_error for a value that is missing.
[[nodiscard]] std::string expand(std::string_view text, const Json& data);

/// readable() text for an element or a quoted attribute of HTML: markup is escaped.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace sae
