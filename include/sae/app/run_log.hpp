#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"

namespace sae {

/// A run's log: one JSON object a line, one line an iteration, each written in one piece so that a killed run
/// leaves whole lines but perhaps the last. On rank 0.
class RunLog {
  public:
    /// Begins a new log; replaces an old one. An Error names the file if it cannot be written.
    explicit RunLog(const std::string& path);

    /// Continues a log after iteration `last`: it is first cut back, as a whole or not at all, to the
    /// lines of the iterations 0, ..., `last`, of each iteration the first line. Calls `warn` if lines,
    /// or the log itself, are missing.
    RunLog(const std::string& path, Index last, const std::function<void(const std::string&)>& warn);

    RunLog(RunLog&& other) noexcept;
    RunLog& operator=(RunLog&&) = delete;
    ~RunLog();

    /// Adds a line, given without its end, and hands it to the system. An Error names the file if it cannot
    /// be written; no part of the line is then left behind where that can be helped.
    void append(std::string_view line);

    /// Whether the path still names a log: somebody may have removed it, and what is appended would be lost.
    [[nodiscard]] bool is_there() const;

    /// Makes last what was appended (fsync).
    void sync();

  private:
    void open();
    [[noreturn]] void fail(const std::string& step, int error) const;

    std::string path_;
    int file_ = -1;
};

/// A log cut back, and what is missing in it.
struct CutLog {
    std::string text;          ///< whole lines
    std::string missing;       ///< the iterations without a line, in words: "3 to 5, 9"; empty if none
    std::optional<Index> odd;  ///< the first line, from 1, that is kept out for being no iteration's
};

/// The lines of `log` that are of the iterations 0, ..., `last`, in their order, of each the first.
[[nodiscard]] CutLog cut_log(std::string_view log, Index last);

}  // namespace sae
