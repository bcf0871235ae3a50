#pragma once
#include <chrono>
#include <ostream>

#include "sae/app/progress.hpp"

namespace sae {

/// How far a benchmark is: on a terminal one live line, elsewhere a line every 10 seconds.
class BenchMeter {
  public:
    /// `stream` must outlive it.
    BenchMeter(std::ostream& stream, ProgressStyle style);
    /// Wipes the live line out.
    ~BenchMeter();
    BenchMeter(const BenchMeter&) = delete;
    BenchMeter& operator=(const BenchMeter&) = delete;

    /// `done` of `all` pieces of work of about the same length are done.
    void show(Index done, Index all);

  private:
    using Clock = std::chrono::steady_clock;

    std::ostream& stream_;
    ProgressStyle style_;
    bool live_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_ = start_;
    bool live_line_ = false;
};

}  // namespace sae
