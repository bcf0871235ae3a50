#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/iteration_record.hpp"

namespace sae {

/// The record as a JSON object (RFC 8259), a line of log.jsonl without its line end: iteration, evaluations,
/// cost, reconstruction, weight_decay, sparsity, gradient_norm, step, seconds. Numbers have 17 significant
/// digits, enough to restore each double. All but `seconds`, which is the last, are reproducible.
[[nodiscard]] std::string log_line(const IterationRecord& record);

/// The records of a log's lines. Lines that are not records, such as a torn last one, are left out.
[[nodiscard]] std::vector<IterationRecord> read_log(const std::string& path);

/// The log of a run, on rank 0: one JSON object a line, one line an iteration. Each line is written in one
/// piece, so a killed run leaves whole lines, except perhaps the last.
class RunLog {
  public:
    /// Begins a new log; replaces an old one. Throws Error if the file cannot be written.
    explicit RunLog(const std::string& path);

    /// Continues a log after iteration `last`: it is first reduced, completely or not at all, to the first
    /// line of each iteration 0, ..., `last`. Calls `warn` if lines, or the log itself, are missing.
    RunLog(const std::string& path, Index last, const std::function<void(const std::string&)>& warn);

    RunLog(RunLog&& other) noexcept;
    RunLog& operator=(RunLog&&) = delete;
    ~RunLog();

    /// Adds a line, passed without its end, and writes it to the system. Throws Error if it cannot be
    /// written, and then removes the part of it that was, if possible.
    void append(std::string_view line);

    /// Whether the file is still there. If it was removed, appended lines are lost.
    [[nodiscard]] bool is_there() const;

    /// Makes the appended lines permanent (fsync).
    void sync();

  private:
    void open();
    [[noreturn]] void fail(const std::string& step, int error) const;

    std::string path_;
    int file_ = -1;
};

}  // namespace sae
