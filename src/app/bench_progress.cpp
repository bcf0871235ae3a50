#include "bench_progress.hpp"

namespace sae {

BenchMeter::BenchMeter(std::ostream& stream, ProgressStyle style) : stream_(stream), style_(style) {}

BenchMeter::~BenchMeter() {
    if (live_line_) stream_ << "\r\x1b[K" << std::flush;
}

void BenchMeter::show(Index done, Index all) {
    if (style_.quiet || done >= all) return;
    const bool live = style_.live_columns > 0;
    const auto now = Clock::now();
    if (now - shown_ < (live ? std::chrono::milliseconds(100) : std::chrono::seconds(10))) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double left = seconds / static_cast<double>(done) * static_cast<double>(all - done);
    stream_ << (live ? "\r\x1b[K" : "") << "bench: " << done << " of " << all
            << " evaluations and steps, about " << duration_text(left) << " left" << (live ? "" : "\n")
            << std::flush;
    live_line_ = live;
}

}  // namespace sae
