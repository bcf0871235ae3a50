#include "barrier.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <climits>
#include <ctime>

namespace sae {
namespace {

using Clock = std::chrono::steady_clock;
using Word = std::atomic_ref<std::uint32_t>;
static_assert(Word::is_always_lock_free);

constexpr std::size_t line_bytes = 64;
/// Cores that write one cache line. A transfer of a line between two cores takes about 0.1 microseconds:
/// three levels of 8 serve 512 cores.
constexpr int fan_in = 8;

/// The lines before the tree: the release word, and the number of cores that sleep.
constexpr std::size_t release_line = 0;
constexpr std::size_t sleepers_line = 1;
constexpr std::size_t tree_line = 2;

/// Bits of the release word. The phase changes each time that all have met.
constexpr std::uint32_t phase_bit = 1;
constexpr std::uint32_t broken_bit = 2;

/// How often a core reads the release word before it reads the clock: about a microsecond.
constexpr int reads_a_round = 20;

void pause_briefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#endif
}

/// Sleeps while the word is `value`, until it is woken or, if `limited`, 100 microseconds have passed. May
/// return early.
void sleep_while(std::uint32_t& word, std::uint32_t value, bool limited) {
    const timespec most{0, 100'000};
    ::syscall(SYS_futex, &word, FUTEX_WAIT, value, limited ? &most : nullptr, nullptr, 0);
}

void wake_all(std::uint32_t& word) {
    ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

std::vector<Barrier::Level> Barrier::levels(int cores) {
    std::vector<Level> levels;
    std::size_t line = tree_line;
    for (int children = cores; children > 1;) {
        levels.push_back({line, children});
        children = (children + fan_in - 1) / fan_in;
        line += static_cast<std::size_t>(children);
    }
    return levels;
}

std::size_t Barrier::bytes(int cores) {
    std::size_t lines = tree_line;
    for (const Level& level : levels(cores))
        lines += static_cast<std::size_t>((level.children + fan_in - 1) / fan_in);
    return lines * line_bytes;
}

Barrier::Barrier(std::span<std::byte> memory, int cores, std::chrono::microseconds spin)
    : memory_(memory), levels_(levels(cores)), spin_(spin) {
    assert(cores >= 1 && memory.size() >= bytes(cores));
    assert(reinterpret_cast<std::uintptr_t>(memory.data()) % line_bytes == 0);
}

std::uint32_t& Barrier::word(std::size_t line) const {
    return *reinterpret_cast<std::uint32_t*>(memory_.data() + line * line_bytes);
}

bool Barrier::still(std::uint32_t phase) const {
    return Word(word(release_line)).load(std::memory_order_acquire) == phase;
}

bool Barrier::meet(int core, const std::function<void()>& idle) {
    // The word does not change before this core arrives, unless the barrier is broken.
    const std::uint32_t phase = Word(word(release_line)).load(std::memory_order_acquire);
    if ((phase & broken_bit) != 0) return false;
    if (last_to_arrive(core))
        release();
    else
        wait(phase, idle);
    return (Word(word(release_line)).load(std::memory_order_acquire) & broken_bit) == 0;
}

/// The last child to arrive at a line arrives at the next level too; the last at the top is the last of all.
bool Barrier::last_to_arrive(int core) const {
    int child = core;
    for (const Level& level : levels_) {
        const int line = child / fan_in;
        const int children = std::min(fan_in, level.children - line * fan_in);
        Word arrived(word(level.first_line + static_cast<std::size_t>(line)));
        if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < static_cast<std::uint32_t>(children))
            return false;
        arrived.store(0, std::memory_order_relaxed);
        child = line;
    }
    return true;
}

void Barrier::release() const {
    Word(word(release_line)).fetch_xor(phase_bit, std::memory_order_seq_cst);
    if (Word(word(sleepers_line)).load(std::memory_order_seq_cst) > 0) wake_all(word(release_line));
}

void Barrier::wait(std::uint32_t phase, const std::function<void()>& idle) const {
    const auto deadline = Clock::now() + spin_;
    do {
        for (int read = 0; read < reads_a_round; ++read) {
            if (!still(phase)) return;
            pause_briefly();
        }
        if (idle) idle();
    } while (Clock::now() < deadline);
    Word sleepers(word(sleepers_line));
    sleepers.fetch_add(1, std::memory_order_seq_cst);
    while (still(phase)) {
        sleep_while(word(release_line), phase, static_cast<bool>(idle));
        if (idle && still(phase)) idle();
    }
    sleepers.fetch_sub(1, std::memory_order_relaxed);
}

void Barrier::break_up() {
    Word(word(release_line)).fetch_or(broken_bit, std::memory_order_seq_cst);
    wake_all(word(release_line));
}

void Barrier::mend() {
    std::ranges::fill(memory_.first(release_line * line_bytes + line_bytes), std::byte{0});
    for (const Level& level : levels_)
        for (int line = 0; line * fan_in < level.children; ++line)
            word(level.first_line + static_cast<std::size_t>(line)) = 0;
}

}  // namespace sae
