#include "sae/data/directory_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <thread>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

/// A process that holds the lock of a directory until it is killed.
class Holder {
  public:
    explicit Holder(const std::string& directory) {
        int ready[2] = {};
        if (::pipe(ready) != 0) throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            const DirectoryLock lock(directory, 0, [] {});
            const bool sent = ::write(ready[1], "x", 1) == 1;
            while (sent) ::pause();
            ::_exit(1);
        }
        char byte = 0;
        if (::read(ready[0], &byte, 1) != 1) throw std::runtime_error("no holder");
        ::close(ready[0]);
        ::close(ready[1]);
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { kill(); }

    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a directory that another process writes to is refused and not changed") {
    const TemporaryDirectory directory;
    const Holder holder(directory.path());
    int waits = 0;
    CHECK(message_of<Error>([&] { DirectoryLock(directory.path(), 0.1, [&] { ++waits; }); }) ==
          "another run is writing to " + directory.path() +
              ": wait until it has ended, or name another directory");
    CHECK(waits == 1);
    CHECK(directory.names().empty());
}

TEST_CASE("the lock ends with its holder, and the next one waits for that") {
    const TemporaryDirectory directory;
    Holder holder(directory.path());
    std::thread later;
    const auto kill_soon = [&] {
        later = std::thread([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            holder.kill();
        });
    };
    CHECK_NOTHROW(DirectoryLock(directory.path(), 60, kill_soon));
    if (later.joinable()) later.join();
}

TEST_CASE("a lock that was released can be taken again, in the same process too") {
    const TemporaryDirectory directory;
    int waits = 0;
    const auto wait = [&] { ++waits; };
    std::optional<DirectoryLock> lock(std::in_place, directory.path(), 0, wait);
    CHECK_THROWS_AS(DirectoryLock(directory.path(), 0, wait), Error);
    DirectoryLock moved(std::move(*lock));
    lock.reset();
    CHECK_THROWS_AS(DirectoryLock(directory.path(), 0, wait), Error);
    lock.emplace(std::move(moved));
    lock.reset();
    CHECK_NOTHROW(DirectoryLock(directory.path(), 0, wait));
    CHECK(waits == 2);
}

TEST_CASE("a file system without locks is no obstacle") {
    const TemporaryDirectory directory;
    CHECK_NOTHROW(DirectoryLock(directory / "missing", 0, [] {}));
}
