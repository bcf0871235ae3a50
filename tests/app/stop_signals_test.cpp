#include "sae/app/stop_signals.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "catch.hpp"

using namespace sae;

namespace {

/// Runs `body` in a new process, which exits with its result; returns its status as of wait().
int status_of(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

}  // namespace

TEST_CASE("SIGUSR2, SIGTERM and SIGHUP, however often, ask for a save and a requeue") {
    for (const int signal : {SIGUSR2, SIGTERM, SIGHUP}) {
        ::signal(SIGHUP, SIG_DFL);
        const StopSignals signals;
        CHECK(signals.request() == StopRequest::none);
        for (int i = 0; i < 3; ++i) ::raise(signal);
        CHECK(signals.request() == StopRequest::save_and_requeue);
        ::raise(SIGUSR2);
        CHECK(signals.request() == StopRequest::save_and_requeue);
    }
}

TEST_CASE("SIGINT asks for an interrupt, which outweighs the rest whichever comes first") {
    ::signal(SIGINT, SIG_DFL);
    {
        const StopSignals signals;
        ::raise(SIGINT);
        CHECK(signals.request() == StopRequest::user_interrupt);
        ::raise(SIGTERM);
        CHECK(signals.request() == StopRequest::user_interrupt);
    }
    const StopSignals signals;
    ::raise(SIGUSR2);
    ::raise(SIGINT);
    CHECK(signals.request() == StopRequest::user_interrupt);
}

TEST_CASE("SIGCONT asks for nothing") {
    const StopSignals signals;
    ::raise(SIGCONT);
    CHECK(signals.request() == StopRequest::none);
}

TEST_CASE("a second SIGINT ends the process by the signal") {
    const int status = status_of([] {
        ::signal(SIGINT, SIG_DFL);
        const StopSignals signals;
        ::raise(SIGINT);
        if (signals.request() != StopRequest::user_interrupt) return 1;
        ::raise(SIGINT);
        return 2;
    });
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("afterwards SIGINT acts as before, and late requests do nothing") {
    const int status = status_of([] {
        ::signal(SIGINT, SIG_DFL);
        { const StopSignals signals; }
        ::raise(SIGUSR2);
        ::raise(SIGTERM);
        ::raise(SIGINT);
        return 2;
    });
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("SIGINT and SIGHUP stay ignored where the parent has them ignored") {
    const int status = status_of([] {
        for (const int signal : {SIGINT, SIGHUP}) {
            ::signal(signal, SIG_IGN);
            const StopSignals signals;
            for (int i = 0; i < 2; ++i) ::raise(signal);
            if (signals.request() != StopRequest::none) return 1;
        }
        // The others never.
        ::signal(SIGTERM, SIG_IGN);
        const StopSignals signals;
        ::raise(SIGTERM);
        return signals.request() == StopRequest::save_and_requeue ? 0 : 2;
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a request of one training is not one of the next") {
    {
        const StopSignals signals;
        ::raise(SIGTERM);
    }
    const StopSignals signals;
    CHECK(signals.request() == StopRequest::none);
}

TEST_CASE("exit statuses by reason") {
    CHECK(exit_status(StopRequest::none) == 0);
    CHECK(exit_status(StopRequest::save_and_requeue) == 75);
    CHECK(exit_status(StopRequest::user_interrupt) == 130);
}

TEST_CASE("a SIGUSR2 that comes before anything listens is not lost") {
    const int status = status_of([] {
        hold_stop_signal();
        ::raise(SIGUSR2);
        const StopSignals signals;
        return signals.request() == StopRequest::save_and_requeue ? 0 : 1;
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
