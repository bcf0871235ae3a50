// A library of its own, preloaded, so that its two functions of SMPI take the place of SimGrid's.
#include "computing_time.hpp"

#include <simgrid/actor.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

/// SMPI's: lets the calling rank compute for so many seconds. Not from <smpi/smpi.h>, which simulates clocks
/// too.
extern "C" void smpi_execute(double seconds);

namespace {

int current_repeat = 0;
double busy_in_repeat = 0;

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::high_resolution_clock::now().time_since_epoch())
        .count();
}

/// The sections of one rank.
class Sections {
  public:
    void begin() { begin_ = seconds_now(); }

    /// The least time of the section that ends now.
    double end() {
        const double seconds = seconds_now() - begin_;
        if (repeat_ != current_repeat) {
            repeat_ = current_repeat;
            next_ = 0;
        }
        if (repeat_ == 0) return seconds;
        if (next_ == least_.size()) least_.push_back(seconds);
        double& least = least_[next_++];
        least = std::min(least, seconds);
        busy_in_repeat += least;
        return least;
    }

  private:
    double begin_ = 0;
    int repeat_ = 0;
    std::size_t next_ = 0;
    std::vector<double> least_;
};

Sections& own_sections() {
    static std::unordered_map<aid_t, Sections> sections;
    return sections[sg_actor_self_get_pid()];
}

}  // namespace

extern "C" {

void smpi_bench_begin() {
    own_sections().begin();
}

void smpi_bench_end() {
    smpi_execute(own_sections().end());
}
}

namespace sae::simulation {

void next_repeat() {
    smpi_bench_end();
    // The others come to where they wait.
    sg_actor_sleep_for(1);
    ++current_repeat;
    busy_in_repeat = 0;
    smpi_bench_begin();
}

double busy_seconds() {
    return busy_in_repeat;
}

}  // namespace sae::simulation
