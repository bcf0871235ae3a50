#include "sae/app/stop_signals.hpp"

#include <atomic>
#include <cassert>

namespace sae {
namespace {

// A handler gets only the signal's number, so its note must be static.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<int> noted{static_cast<int>(StopRequest::none)};
static_assert(std::atomic<int>::is_always_lock_free, "signal handlers may use lock-free atomics only");

void note(int signal) {
    if (signal != SIGINT) {
        int none = static_cast<int>(StopRequest::none);
        noted.compare_exchange_strong(none, static_cast<int>(StopRequest::save_and_requeue));
    } else if (noted.exchange(static_cast<int>(StopRequest::user_interrupt)) ==
               static_cast<int>(StopRequest::user_interrupt)) {
        // The signal is blocked in its own handler, so it is delivered when this returns.
        ::signal(SIGINT, SIG_DFL);
        ::raise(SIGINT);
    }
}

// Which of SIGINT and SIGHUP the parent had ignored. Libraries have handlers of their own before main begins
// (UCX, below Open MPI 5, has one for SIGHUP), so this is noted before any library starts.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
struct {
    bool interrupt = false;
    bool hang_up = false;
} ignored_by_parent;

__attribute__((no_sanitize("address", "undefined"))) bool ignored_now(int signal) {
    struct sigaction action {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

__attribute__((no_sanitize("address", "undefined"))) void note_ignored() {
    ignored_by_parent.interrupt = ignored_now(SIGINT);
    ignored_by_parent.hang_up = ignored_now(SIGHUP);
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)() = note_ignored;

bool stays_ignored(int signal, const struct sigaction& before) {
    if (signal == SIGINT) return ignored_by_parent.interrupt || before.sa_handler == SIG_IGN;
    if (signal == SIGHUP) return ignored_by_parent.hang_up || before.sa_handler == SIG_IGN;
    return false;
}

sigset_t held_signals() {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGUSR2);
    return held;
}

}  // namespace

void hold_stop_signal() {
    const sigset_t held = held_signals();
    pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

StopSignals::StopSignals() {
    noted = static_cast<int>(StopRequest::none);
    struct sigaction action {};
    action.sa_handler = note;
    // Reads and writes continue after the handler, so no library sees an EINTR that it does not expect.
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < signals.size(); ++i) {
        [[maybe_unused]] int status = ::sigaction(signals[i], nullptr, &before_[i]);
        if (stays_ignored(signals[i], before_[i]))
            ::signal(signals[i], SIG_IGN);
        else
            status = ::sigaction(signals[i], &action, nullptr);
        assert(status == 0);
    }
    const sigset_t held = held_signals();
    pthread_sigmask(SIG_UNBLOCK, &held, nullptr);
}

StopSignals::~StopSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
        if (signals[i] == SIGINT)
            ::sigaction(SIGINT, &before_[i], nullptr);
        else
            ::signal(signals[i], SIG_IGN);
    }
}

StopRequest StopSignals::request() const {
    return static_cast<StopRequest>(noted.load());
}

int exit_status(StopRequest reason) {
    switch (reason) {
        case StopRequest::save_and_requeue:
            return status_requeue;
        case StopRequest::user_interrupt:
            return status_interrupted;
        case StopRequest::none:
            break;
    }
    return 0;
}

}  // namespace sae
