#include "bench_progress.hpp"

#include <utility>

namespace sae {

BenchMeter::BenchMeter(std::ostream& stream, ProgressStyle style)
    : stream_(stream), style_(std::move(style)), live_(style_.live_columns() > 0) {}

BenchMeter::~BenchMeter() {
    if (live_line_) stream_ << "\r\x1b[K" << std::flush;
}

void BenchMeter::show(Index done, Index all) {
    if (style_.quiet || done >= all) return;
    const auto now = Clock::now();
    if (now - shown_ < (live_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10))) return;
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double left = seconds / static_cast<double>(done) * static_cast<double>(all - done);
    const std::string text = "bench: " + std::to_string(done) + " of " + std::to_string(all) +
                             " evaluations and steps, about " + duration_text(left) + " left";
    if (live_)
        stream_ << "\r\x1b[K" << cut_to(style_.live_columns(), text) << std::flush;
    else
        stream_ << text << '\n' << std::flush;
    live_line_ = live_;
}

}  // namespace sae
