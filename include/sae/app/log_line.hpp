#pragma once
#include <string>

#include "sae/train/iteration_record.hpp"

namespace sae {

/// The record as the JSON object (RFC 8259) that log.jsonl has a line of for each iteration, without a line
/// end: iteration, evaluations, cost, reconstruction, weight_decay, sparsity, gradient_norm, step, seconds.
/// Numbers have 17 significant digits, enough to give each double back; all but `seconds`, which stands last,
/// are part of the contract.
[[nodiscard]] std::string log_line(const IterationRecord& record);

}  // namespace sae
