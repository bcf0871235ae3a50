#pragma once
#include <functional>
#include <ostream>
#include <string>

#include "sae/app/training_observer.hpp"

namespace sae {

/// How progress is shown.
struct ProgressStyle {
    bool quiet = false;  ///< nothing but what went wrong
    /// The present width of the terminal, for one line that is rewritten; 0: separate lines, less often.
    std::function<int()> live_columns = [] { return 0; };
};

/// Shows a training's progress on a stream. On a terminal one live line; elsewhere a line for the first
/// record it sees, for iterations 1, 2, 5, 10, 20, 50, ... of the training, at least every 10 seconds, and
/// for the last.
class Progress final : public TrainingObserver {
  public:
    /// `stream` must outlive it. `max_iterations` is where the training ends at the latest.
    Progress(std::ostream& stream, ProgressStyle style, Index max_iterations);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// As finish().
    ~Progress() override;

    /// A line that says which images are used.
    void started(const std::string& images) override;

    /// A completed iteration.
    void record(const IterationRecord& record) override;

    /// A remark on a line of its own, which does not break into the live line.
    void note(const std::string& text) override;
    void warn(const std::string& text) override;

    /// Shows the last record if it has not been shown, and ends the live line.
    void finish() override;

  private:
    [[nodiscard]] std::string line(std::size_t most) const;
    void show();
    void print(const std::string& text);

    std::ostream& stream_;
    ProgressStyle style_;
    bool live_;
    Index max_iterations_;
    IterationRecord last_;
    double pace_ = 0;         ///< seconds an iteration, an exponential moving average
    double since_shown_ = 0;  ///< seconds
    bool any_ = false;
    bool shown_ = true;       ///< whether last_ has been shown
    bool live_line_ = false;  ///< whether the cursor is behind a live line
};

/// `text` as a line of a terminal that is `columns` wide: a line that wraps could not be rewritten.
[[nodiscard]] std::string cut_to(int columns, const std::string& text);

/// A time for people: "0.35 s", "42 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace sae
