#pragma once
#include <nlohmann/json.hpp>
#include <ostream>

#include "sae/train/benchmark.hpp"
#include "sae/train/shard.hpp"

namespace sae {

/// What was measured on which images as one JSON object for programs; seconds, bytes, and operations a
/// second. Phases follow each other, and those of an evaluation make up the whole evaluation of a rank; each
/// has the median over the rounds of the busiest core (outside of the tiles: rank) and of the mean of all.
[[nodiscard]] nlohmann::ordered_json bench_json(const BenchPlan& plan, const ImageSet& images,
                                                const BenchResult& result);

/// The same in tables for people.
void write_bench_table(std::ostream& out, const BenchPlan& plan, const ImageSet& images,
                       const BenchResult& result);

}  // namespace sae
