#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace sae {

/// How progress is shown.
struct ProgressStyle {
    bool quiet = false;  ///< nothing but what went wrong
    /// The present width of the terminal, for lines that are rewritten; 0: no terminal, separate lines.
    std::function<int()> live_columns = [] { return 0; };
};

/// The last lines of a stream, which say how far the work is: on a terminal they are rewritten, elsewhere new
/// ones follow.
class LiveLines {
  public:
    /// `stream` must outlive it.
    LiveLines(std::ostream& stream, ProgressStyle style);

    [[nodiscard]] bool quiet() const { return style_.quiet; }
    [[nodiscard]] bool live() const { return live_; }
    /// Characters that a line may have.
    [[nodiscard]] std::size_t width() const;
    /// Seconds between two calls of show() for people: a tenth on a terminal, ten elsewhere.
    [[nodiscard]] double interval() const { return live_ ? 0.1 : 10; }

    /// Replaces the lines, unless quiet; without new ones they are wiped out.
    void show(const std::vector<std::string>& lines);

    /// A line above the live lines, which stays; also if quiet.
    void print(const std::string& text);

  private:
    std::ostream& stream_;
    ProgressStyle style_;
    bool live_;
    std::vector<std::string> shown_;  ///< above the cursor of a terminal
};

}  // namespace sae
