#include "template.hpp"

#include <stdexcept>
#include <vector>

#include "sae/data/readable.hpp"

namespace sae {
namespace {

bool shown(const Json* value) {
    if (!value || value->is_null() || *value == false) return false;
    return !(value->is_string() || value->is_array()) || (*value != "" && !value->empty());
}

class Expansion {
  public:
    explicit Expansion(const Json& data) : scopes_{&data} {}

    /// Appends what follows `at`, up to the end or past the tag that closes this section; nothing of it if
    /// not `visible`.
    void part(std::string_view text, std::size_t& at, bool visible) {
        for (;;) {
            const std::size_t open = text.find("{{", at);
            if (visible) result += text.substr(at, open - at);
            if (open == std::string_view::npos) return;
            const std::string_view end = text[open + 2] == '{' ? "}}}" : "}}";
            const std::size_t close = text.find(end, open);
            if (close == std::string_view::npos) throw std::logic_error("a template has an open tag");
            const std::string tag(text.substr(open + 2, close - open - 2));
            at = close + end.size();
            if (tag[0] == '/') return;
            if (tag[0] == '#' || tag[0] == '^')
                section(tag, text, at, visible);
            else if (visible)
                value(tag);
        }
    }

    std::string result;

  private:
    [[nodiscard]] const Json* find(const std::string& name) const {
        if (name == ".") return scopes_.back();
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
            if (!(*scope)->is_object()) continue;
            const auto found = (*scope)->find(name);
            if (found != (*scope)->end()) return &*found;
        }
        return nullptr;
    }

    void section(const std::string& tag, std::string_view text, std::size_t& at, bool visible) {
        const Json* const found = find(tag.substr(1));
        if (!visible || (tag[0] == '#') != shown(found)) return part(text, at, false);
        if (tag[0] == '^') return part(text, at, true);
        const std::size_t begin = at;
        const auto once = [&](const Json& scope) {
            at = begin;
            scopes_.push_back(&scope);
            part(text, at, true);
            scopes_.pop_back();
        };
        if (!found->is_array()) return once(*found);
        for (const Json& element : *found) once(element);
    }

    void value(const std::string& tag) {
        const bool raw = tag[0] == '{';
        std::size_t at = 0;
        if (tag[0] == '>') return part(templates.at(tag.substr(1)), at, true);
        const Json* const found = find(raw ? tag.substr(1) : tag);
        if (!found || !found->is_string()) throw std::logic_error("a template lacks the text " + tag);
        const auto& text = found->get_ref<const std::string&>();
        result += raw ? text : escape(text);
    }

    std::vector<const Json*> scopes_;
};

}  // namespace

std::string expand(std::string_view text, const Json& data) {
    Expansion expansion(data);
    std::size_t at = 0;
    expansion.part(text, at, true);
    return std::move(expansion.result);
}

std::string escape(std::string_view text) {
    std::string safe;
    for (const char c : readable(text)) {
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '"')
            safe += "&quot;";
        else if (c == '\'')
            safe += "&#39;";
        else
            safe += c;
    }
    return safe;
}

}  // namespace sae
