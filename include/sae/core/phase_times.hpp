#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace sae {

/// The phases of an evaluation, for the profile that `bench` prints. The phase of a product includes what is
/// done to its result while that is in the cache.
enum class Phase : std::size_t {
    pack,          ///< weights into strips, bounds
    widen,         ///< bytes into numbers, for z2
    hidden,        ///< z2 = W1 x + b1, activations, their sums
    output,        ///< z3 = W2 a2 + b2, activations, delta3
    back,          ///< W2^T delta3
    hidden_delta,  ///< delta2
    transpose,     ///< a2 for dW2
    gradient_w2,   ///< dW2 = delta3 a2^T, exact sums
    gradient_w1,   ///< dW1 = delta2 x^T, bytes into numbers, exact sums
    teams,         ///< sums of dW1 and dW2 over the teams of cores
    wait,          ///< for other cores
};
inline constexpr std::size_t phase_count = 11;
inline constexpr std::array<std::string_view, phase_count> phase_names = {
    "pack weights", "widen bytes",  "z2, a2",       "z3, a3, delta3", "W2^T delta3", "delta2",
    "transpose a2", "dW2 and sums", "dW1 and sums", "sums of teams",  "wait"};

/// Seconds spent in each of `count` phases.
template <class AnyPhase, std::size_t count>
struct TimesOf {
    std::array<double, count> seconds{};

    [[nodiscard]] double operator[](AnyPhase phase) const { return seconds[static_cast<std::size_t>(phase)]; }

    /// Calls `work`, adds the time it took to `phase` and returns what it returned.
    template <class Work>
    decltype(auto) measure(AnyPhase phase, Work work) {
        const Stop stop{seconds[static_cast<std::size_t>(phase)]};
        return work();
    }

  private:
    /// Adds the time of its life, also if `work` throws.
    struct Stop {
        double& sum;
        std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
        ~Stop() { sum += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
    };
};

/// Seconds spent in each phase of an evaluation.
using PhaseTimes = TimesOf<Phase, phase_count>;

}  // namespace sae
