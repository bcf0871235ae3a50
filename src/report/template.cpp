#include "template.hpp"

#include <stdexcept>
#include <vector>

#include "sae/data/readable.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

std::string text_of(const Json& value, bool raw) {
    if (value.is_string()) return raw ? value.get<std::string>() : escape(value.get<std::string>());
    if (value.is_null()) return raw ? "" : "–";
    if (raw) return value.dump();
    return value.is_number_integer() ? count(value.get<Index>()) : number(value.get<double>());
}

class Expansion {
  public:
    explicit Expansion(const Json& data) : scopes_{&data} {}

    void append(std::string_view text) {
        for (;;) {
            const std::size_t open = text.find("{{");
            result += text.substr(0, open);
            if (open == std::string_view::npos) return;
            text.remove_prefix(open + 2);
            const char kind = text[0];
            const bool marked = std::string_view("#^>{").find(kind) != std::string_view::npos;
            const std::string tag(until(text, kind == '{' ? "}}}" : "}}"));
            const std::string name = tag.substr(marked ? 1 : 0);
            if (kind == '>')
                append(templates.at(name));
            else if (kind == '#' || kind == '^')
                section(kind == '#', name, until(text, "{{/" + name + "}}"));
            else if (const Json* const value = find(name))
                result += text_of(*value, kind == '{');
            else
                throw std::logic_error("a template lacks the value " + name);
        }
    }

    std::string result;

  private:
    /// What is in front of `end`; `text` continues behind it.
    static std::string_view until(std::string_view& text, const std::string& end) {
        const std::size_t at = text.find(end);
        if (at == std::string_view::npos) throw std::logic_error("a template lacks " + end);
        const std::string_view front = text.substr(0, at);
        text.remove_prefix(at + end.size());
        return front;
    }

    [[nodiscard]] const Json* find(const std::string& name) const {
        if (name == ".") return scopes_.back();
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
            if ((*scope)->contains(name)) return &(*scope)->at(name);
        return nullptr;
    }

    void section(bool wanted, const std::string& name, std::string_view body) {
        const Json* const value = find(name);
        const bool shown = value && *value != false && *value != "" && !value->empty();
        if (shown != wanted) return;
        if (!shown) return append(body);
        const auto once = [&](const Json& scope) {
            scopes_.push_back(&scope);
            append(body);
            scopes_.pop_back();
        };
        if (!value->is_array()) return once(*value);
        for (const Json& element : *value) once(element);
    }

    std::vector<const Json*> scopes_;
};

}  // namespace

std::string expand(std::string_view text, const Json& data) {
    Expansion expansion(data);
    expansion.append(text);
    return std::move(expansion.result);
}

std::string escape(std::string_view text) {
    static const std::map<char, const char*> entities{
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    std::string safe;
    for (const char c : readable(text)) {
        const auto entity = entities.find(c);
        entity == entities.end() ? safe += c : safe += entity->second;
    }
    return safe;
}

}  // namespace sae
