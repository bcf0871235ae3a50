#include "sae/core/crew.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "sae/core/error.hpp"

namespace {

using sae::Crew;
using sae::CrewPlace;

/// Memory that a forked process shares, 0 at first.
class Shared {
  public:
    explicit Shared(std::size_t bytes) : bytes_(bytes) {
        at_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(at_ != MAP_FAILED);
    }
    ~Shared() { munmap(at_, bytes_); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    [[nodiscard]] std::span<std::byte> bytes() const { return {static_cast<std::byte*>(at_), bytes_}; }

  private:
    void* at_;
    std::size_t bytes_;
};

/// `phases` times each core writes its number plus the phase and then reads what all others wrote; returns
/// how often a core read something else. Two vectors are used in turn, because no core waits after reading.
int misread(Crew& crew, std::span<std::int64_t> written, int phases) {
    std::atomic<int> wrong = 0;
    const auto cores = static_cast<std::size_t>(crew.cores());
    crew.run([&](int core) {
        for (int phase = 0; phase < phases; ++phase) {
            const auto turn = written.subspan(phase % 2 == 0 ? 0 : cores, cores);
            turn[static_cast<std::size_t>(core)] = core + phase;
            crew.meet(core);
            for (std::size_t other = 0; other < cores; ++other)
                if (turn[other] != static_cast<std::int64_t>(other) + phase) ++wrong;
        }
    });
    return wrong;
}

std::span<std::int64_t> numbers(std::span<std::byte> bytes) {
    return {reinterpret_cast<std::int64_t*>(bytes.data()), bytes.size() / sizeof(std::int64_t)};
}

TEST_CASE("all cores of a rank do their work, one after the other run") {
    for (const int threads : {1, 2, 3, 9, 20}) {
        Crew crew(threads);
        CHECK(crew.cores() == threads);
        CHECK(crew.threads() == threads);
        CHECK(crew.first_core() == 0);
        CHECK(crew.members() == 1);
        std::vector<int> calls(static_cast<std::size_t>(threads));
        const std::thread::id caller = std::this_thread::get_id();
        for (int run = 0; run < 20; ++run) {
            crew.run([&](int core) {
                ++calls[static_cast<std::size_t>(core)];
                if (core == 0 && std::this_thread::get_id() != caller) calls.front() = -1000;
            });
        }
        CHECK(calls == std::vector<int>(static_cast<std::size_t>(threads), 20));
    }
}

TEST_CASE("a core that has met the others sees what they wrote") {
    for (const int threads : {1, 2, 3, 4, 17}) {
        Crew crew(threads);
        const auto written = numbers(crew.memory(static_cast<std::size_t>(2 * threads) * 8));
        CHECK(std::accumulate(written.begin(), written.end(), std::int64_t{0}) == 0);
        CHECK(misread(crew, written, 300) == 0);
    }
}

TEST_CASE("a crew's memory is aligned, 0, and does not overlap its other memory") {
    Crew crew(2);
    const auto a = crew.memory(100), b = crew.memory(3 << 20);
    for (const auto memory : {a, b}) {
        CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % 64 == 0);
        CHECK(std::ranges::all_of(memory, [](std::byte byte) { return byte == std::byte{0}; }));
        std::ranges::fill(memory, std::byte{1});
    }
    CHECK(a.size() == 100);
    CHECK(b.size() == 3 << 20);
    CHECK(crew.memory(100).front() == std::byte{0});
}

TEST_CASE("processes with different numbers of threads share memory and meet") {
    const std::vector<int> threads = {2, 1, 3};
    const int cores = std::accumulate(threads.begin(), threads.end(), 0);
    const auto words = static_cast<std::size_t>(2 * cores) * 8;
    const Shared shared(Crew::overhead(cores) + Crew::share(words) + Crew::share(8));
    const auto member = [&](int which) {
        CrewPlace place{shared.bytes(), which, static_cast<int>(threads.size()), 0, cores, 0};
        for (int other = 0; other < which; ++other)
            place.first_core += threads[static_cast<std::size_t>(other)];
        Crew crew(threads[static_cast<std::size_t>(which)], place);
        const auto written = numbers(crew.memory(words));
        int wrong = misread(crew, written, 200);
        auto& order = numbers(crew.memory(8)).front();
        for (int turn = 0; turn < 30; ++turn) {
            if (turn % crew.members() == which) ++order;
            crew.meet_members();
            if (order != turn + 1) ++wrong;
            crew.meet_members();
        }
        return wrong;
    };
    std::vector<pid_t> children;
    for (int which = 1; which < 3; ++which) {
        children.push_back(fork());
        if (children.back() == 0) _exit(member(which) == 0 ? 0 : 1);
    }
    CHECK(member(0) == 0);
    for (const pid_t child : children) {
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(status == 0);
    }
}

TEST_CASE("the cores of a team meet without the other teams") {
    const std::vector<int> sizes = {1, 3, 2};
    Crew crew(6);
    const std::size_t division = crew.divide(sizes);
    const auto written = numbers(crew.memory(6 * 8));
    std::atomic<int> wrong = 0;
    for (int run = 0; run < 5; ++run) {
        crew.run([&](int core) {
            // Team 1 meets ten times as often as team 2.
            const bool second = core >= 1 && core < 4;
            const std::size_t first = second ? 1 : core < 1 ? 0 : 4, last = second ? 4 : core < 1 ? 1 : 6;
            for (int phase = 0; phase < (second ? 100 : 10); ++phase) {
                written[static_cast<std::size_t>(core)] = phase;
                crew.meet_team(division, core);
                for (std::size_t other = first; other < last; ++other)
                    if (written[other] != phase) ++wrong;
                crew.meet_team(division, core);
            }
            crew.meet(core);
        });
    }
    CHECK(wrong == 0);
}

TEST_CASE("an exception on a core ends the waiting of all teams") {
    for (const int thrower : {0, 2}) {
        Crew crew(4);
        const std::size_t division = crew.divide(std::vector{2, 2});
        for (int run = 0; run < 3; ++run) {
            CHECK_THROWS_AS(crew.run([&](int core) {
                if (core == thrower) throw std::runtime_error("a core");
                crew.meet_team(division, core);
                crew.meet(core);
            }),
                            std::runtime_error);
            crew.run([&](int core) { crew.meet_team(division, core); });
        }
    }
}

TEST_CASE("a core that waits calls the function for idle time") {
    Crew crew(2);
    int idle = 0;
    crew.run([&](int core) {
        if (core == 1) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        crew.meet(core, [&] { ++idle; });
    });
    // Every 150 microseconds if the processor is free.
    CHECK(idle >= 5);
}

TEST_CASE("an exception on any core ends the run, and the crew can be used again") {
    for (const int thrower : {0, 1, 2}) {
        Crew crew(3);
        for (int run = 0; run < 3; ++run) {
            std::string caught;
            try {
                crew.run([&](int core) {
                    crew.meet(core);
                    if (core == thrower) throw std::runtime_error("core " + std::to_string(core));
                    crew.meet(core);
                    crew.meet(core);
                });
            } catch (const std::runtime_error& error) {
                caught = error.what();
            }
            CHECK(caught == "core " + std::to_string(thrower));
            const auto written = numbers(crew.memory(6 * 8));
            CHECK(misread(crew, written, 20) == 0);
        }
    }
}

TEST_CASE("if the system does not grant the threads, the error says so") {
    const pid_t child = fork();
    if (child == 0) {
        // Root may start any number of threads.
        if (geteuid() == 0 && setuid(65534) != 0) _exit(4);
        const rlimit none{1, 1};
        setrlimit(RLIMIT_NPROC, &none);
        try {
            const Crew crew(2000);
        } catch (const sae::Error& error) {
            const std::string text = error.what();
            const bool good = text.starts_with("the system does not grant thread ") &&
                              text.find(" of 2000: ") != std::string::npos &&
                              text.find("use fewer threads") != std::string::npos;
            _exit(good ? 0 : 1);
        } catch (...) {
            _exit(2);
        }
        _exit(3);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
}

}  // namespace
