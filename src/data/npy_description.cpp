#include "npy_description.hpp"

#include <charconv>
#include <system_error>

namespace sae {
namespace {

/// Reads the dictionary from left to right. Returns nothing, or false, for unexpected text.
class DescriptionReader {
  public:
    explicit DescriptionReader(std::string_view text) : text_(text) {}

    std::optional<NpyDescription> read() {
        if (!take('{')) return std::nullopt;
        bool more = true;
        while (!take('}')) {
            if (!more || !read_entry()) return std::nullopt;
            more = take(',');
        }
        if (!at_end() || !type_ || !fortran_order_ || !shape_) return std::nullopt;
        return NpyDescription{*type_, *fortran_order_, *shape_};
    }

  private:
    bool at_end() {
        const std::size_t spaces = text_.find_first_not_of(" \n");
        text_.remove_prefix(spaces == std::string_view::npos ? text_.size() : spaces);
        return text_.empty();
    }
    bool take(char wanted) {
        if (at_end() || text_.front() != wanted) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool take_word(std::string_view word) {
        if (at_end() || !text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }

    bool read_entry() {
        const std::optional<std::string> key = read_string();
        if (!key || !take(':')) return false;
        if (*key == "descr") return (type_ = read_type()).has_value();
        if (*key == "fortran_order") return (fortran_order_ = read_bool()).has_value();
        if (*key == "shape") return (shape_ = read_shape()).has_value();
        return false;
    }

    std::optional<std::string> read_string() {
        if (at_end()) return std::nullopt;
        const char quote = text_.front();
        const std::size_t end = text_.find(quote, 1);
        if ((quote != '\'' && quote != '"') || end == std::string_view::npos) return std::nullopt;
        std::string value(text_.substr(1, end - 1));
        text_.remove_prefix(end + 1);
        return value;
    }

    std::optional<bool> read_bool() {
        if (take_word("True")) return true;
        if (take_word("False")) return false;
        return std::nullopt;
    }

    /// Skips a list of fields up to the bracket that closes it.
    std::optional<std::string> read_type() {
        if (!take('[')) return read_string();
        for (Index open = 1; open > 0; text_.remove_prefix(1)) {
            if (text_.empty()) return std::nullopt;
            if (text_.front() == '[') ++open;
            if (text_.front() == ']') --open;
        }
        return "a structured type";
    }

    /// `(1, 2)`, `(1,)`, `()`, and as Python 2 wrote it `(1L, 2L)`.
    std::optional<std::vector<Index>> read_shape() {
        if (!take('(')) return std::nullopt;
        std::vector<Index> shape;
        bool more = true;
        while (!take(')')) {
            if (!more || at_end()) return std::nullopt;
            Index dimension = 0;
            const char* const end = text_.data() + text_.size();
            const auto [stop, error] = std::from_chars(text_.data(), end, dimension);
            if (error != std::errc{} || dimension < 0) return std::nullopt;
            text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
            shape.push_back(dimension);
            take('L');
            more = take(',');
        }
        return shape;
    }

    std::string_view text_;
    std::optional<std::string> type_;
    std::optional<bool> fortran_order_;
    std::optional<std::vector<Index>> shape_;
};

}  // namespace

std::optional<NpyDescription> parse_npy_description(std::string_view text) {
    return DescriptionReader(text).read();
}

}  // namespace sae
