#pragma once
#include <span>
#include <string>
#include <vector>

#include "sae/core/iteration_record.hpp"

namespace sae {

/// The record as the JSON object (RFC 8259) that log.jsonl has a line of for each iteration, without a line
/// end: iteration, evaluations, cost, reconstruction, weight_decay, sparsity, gradient_norm, step, seconds.
/// Numbers have 17 significant digits, enough to restore each double; all but `seconds`, which comes last,
/// are part of the contract.
[[nodiscard]] std::string log_line(const IterationRecord& record);

/// The records of a log's lines. Lines that are not records, such as a torn last one, are left out.
[[nodiscard]] std::vector<IterationRecord> read_log(const std::string& path);

/// The seconds that the iterations took together: the time of a training in all, whatever its number of
/// starts, saves included but the last.
[[nodiscard]] double total_seconds(std::span<const IterationRecord> records);

}  // namespace sae
