#include "sae/data/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <system_error>

#include "catch.hpp"
#include "faulty_file_system.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

constexpr int kNoStep = -1;
const std::string kOld = "the old content";
const std::string kNew = "the new content, longer than the old";

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// Saves kNew in three pieces.
void save(const std::string& path, FileSystem& file_system) {
    AtomicFile file(path, file_system);
    file.append(kNew.substr(0, 5));
    file.append(kNew.substr(5, 20));
    file.append(kNew.substr(25));
    file.commit();
}

/// Repeats save() over an old file with the fault at call 0, 1, 2, ... until there are no more calls, and
/// calls check(path, message, faulty) after each. Returns the number of calls that failed.
template <class Check>
int for_every_step(Fault fault, int error, bool with_old_file, Check&& check) {
    for (int step = 0;; ++step) {
        TemporaryDirectory directory;
        const std::string path = directory / "model.safetensors";
        if (with_old_file) write_text(path, kOld);
        FaultyFileSystem faulty(fault, step, error);
        const std::string message = message_of<Error>([&] { save(path, faulty); });
        if (!faulty.struck()) {
            CHECK(message.empty());
            CHECK(read_text(path) == kNew);
            return step;
        }
        INFO("step " << step << " " << faulty.calls()[static_cast<std::size_t>(step)] << ": " << message);
        check(directory, path, message, faulty, step);
    }
}

}  // namespace

TEST_CASE("a save replaces the file and leaves nothing next to it") {
    TemporaryDirectory directory;
    const std::string path = directory / "a";
    write_file_atomically(path, kOld);
    CHECK(read_text(path) == kOld);
    write_file_atomically(path, std::as_bytes(std::span(kNew)));
    CHECK(read_text(path) == kNew);
    CHECK(directory.names() == std::vector<std::string>{"a"});
}

TEST_CASE("the bytes are on the disk before the name, and the name before commit returns") {
    TemporaryDirectory directory;
    FaultyFileSystem recorded(Fault::fail, kNoStep, 0);
    save(directory / "a", recorded);
    CHECK(recorded.calls() == std::vector<std::string>{"create", "write", "write", "write", "sync", "close",
                                                       "rename", "sync_directory"});
}

TEST_CASE("a long file is on its way to the disk before its end is written") {
    TemporaryDirectory directory;
    FaultyFileSystem recorded(Fault::fail, kNoStep, 0);
    const std::string piece(std::size_t{1} << 20, 'x');
    AtomicFile file(directory / "a", recorded);
    for (int i = 0; i < 10; ++i) file.append(piece);
    CHECK(recorded.starts() == std::vector<off_t>{0, off_t{4} << 20});
    file.commit();
    CHECK(read_text(directory / "a").size() == 10 * piece.size());
}

TEST_CASE("the bytes of several files are on the disk before the first name") {
    TemporaryDirectory directory;
    FaultyFileSystem recorded(Fault::fail, kNoStep, 0);
    const auto bytes = std::as_bytes(std::span(kNew));
    const std::vector<FileContent> files = {{directory / "a", bytes}, {directory / "b", bytes.first(3)}};
    write_files_atomically(files, recorded);
    CHECK(recorded.calls() == std::vector<std::string>{"create", "write", "create", "write", "sync", "close",
                                                       "sync", "close", "rename", "rename",
                                                       "sync_directory"});
    CHECK(recorded.starts() == std::vector<off_t>{0, 0});
    CHECK(read_text(directory / "a") == kNew);
    CHECK(read_text(directory / "b") == kNew.substr(0, 3));
    CHECK(directory.names().size() == 2);
}

TEST_CASE("after a failure at any step each of several files is old or new, without temporaries") {
    for (int step = 0;; ++step) {
        TemporaryDirectory directory;
        for (const char* name : {"a", "b"}) write_text(directory / name, kOld);
        FaultyFileSystem faulty(Fault::fail, step, EIO);
        const auto bytes = std::as_bytes(std::span(kNew));
        const std::vector<FileContent> files = {{directory / "a", bytes}, {directory / "b", bytes}};
        const std::string message = message_of<Error>([&] { write_files_atomically(files, faulty); });
        if (!faulty.struck()) break;
        INFO("step " << step << ": " << message);
        CHECK_THAT(message, ContainsSubstring(reason(EIO)));
        for (const char* name : {"a", "b"}) {
            const std::string found = read_text(directory / name);
            CHECK((found == kOld || found == kNew));
        }
        CHECK(directory.names().size() == 2);
    }
}

TEST_CASE(
    "after a failure at any step the old file is there, no temporary, and the message names file, reason and "
    "step") {
    const int error = GENERATE(ENOSPC, EIO, EDQUOT, EROFS, EFBIG);
    const bool with_old_file = GENERATE(true, false);
    const int steps =
        for_every_step(Fault::fail, error, with_old_file,
                       [&](auto& directory, auto& path, auto& message, auto& faulty, int step) {
                           const std::string call = faulty.calls()[static_cast<std::size_t>(step)];
                           CHECK(message.find("cannot write " + path + ": " + reason(error) + " (") == 0);
                           CHECK(message.find('\n') == std::string::npos);
                           if (call == "sync_directory") {
                               CHECK(read_text(path) == kNew);
                               CHECK(message.find("the new file is there") != std::string::npos);
                           } else if (with_old_file) {
                               CHECK(read_text(path) == kOld);
                               CHECK(message.find("the previous file is untouched") != std::string::npos);
                           } else {
                               CHECK(message.find("no file was left behind") != std::string::npos);
                           }
                           const bool there = with_old_file || call == "sync_directory";
                           CHECK(directory.names().size() == (there ? 1 : 0));
                       });
    CHECK(steps == 8);
}

TEST_CASE(
    "if the disk is full in the middle of a write, the message says how much was being written and what to "
    "do") {
    TemporaryDirectory directory;
    const std::string path = directory / "a";
    write_text(path, kOld);
    FaultyFileSystem faulty(Fault::write_half, 1, ENOSPC);
    const std::string big(1'200'000, 'x');
    const std::string message = message_of<Error>([&] { write_file_atomically(path, big, faulty); });
    CHECK(message ==
          "cannot write " + path + ": " + reason(ENOSPC) +
              " (writing 1.2 MB at byte 600000); free space and run again; the previous file is untouched");
    CHECK(read_text(path) == kOld);
    CHECK(directory.names().size() == 1);
}

TEST_CASE("a half write followed by a failure at any step leaves the old file") {
    int struck = 0;
    for (int step = 1; step <= 3; ++step) {
        TemporaryDirectory directory;
        const std::string path = directory / "a";
        write_text(path, kOld);
        FaultyFileSystem faulty(Fault::write_half, step, EIO);
        CHECK_THROWS_AS(save(path, faulty), Error);
        CHECK(read_text(path) == kOld);
        CHECK(directory.names().size() == 1);
        struck += faulty.struck() ? 1 : 0;
    }
    CHECK(struck == 3);
}

TEST_CASE("a short write is continued and an interrupted call is repeated, at any step") {
    for (int step = 0; step < 8; ++step) {
        for (const Fault fault : {Fault::short_write, Fault::fail}) {
            TemporaryDirectory directory;
            const std::string path = directory / "a";
            write_text(path, kOld);
            FaultyFileSystem faulty(fault, step, EINTR);
            INFO("step " << step);
            // rename does not return EINTR; if it does, it has failed.
            if (fault == Fault::fail && step == 6) {
                CHECK_THROWS_AS(save(path, faulty), Error);
                CHECK(read_text(path) == kOld);
            } else {
                CHECK_NOTHROW(save(path, faulty));
                CHECK(read_text(path) == kNew);
            }
            CHECK(directory.names().size() == 1);
            CHECK(faulty.struck() == (fault == Fault::fail || (step >= 1 && step <= 3)));
        }
    }
}

TEST_CASE("a write that accepts no bytes is a failure, not an endless loop") {
    class Stuck final : public FileSystem {
      public:
        int create(const std::string& path) override { return posix_file_system().create(path); }
        ssize_t write(int, std::span<const std::byte>) override { return 0; }
        int sync(int) override { return 0; }
        int close(int file) override { return posix_file_system().close(file); }
        int rename(const std::string&, const std::string&) override { return 0; }
        int unlink(const std::string& path) override { return posix_file_system().unlink(path); }
        int sync_directory(const std::string&) override { return 0; }
    } stuck;
    TemporaryDirectory directory;
    CHECK_THROWS_AS(write_file_atomically(directory / "a", kNew, stuck), Error);
    CHECK(directory.names().empty());
}

TEST_CASE(
    "a crash between any two steps leaves the old file or the new one, and the next run removes leftovers") {
    const int steps = for_every_step(
        Fault::crash, EIO, true, [&](auto& directory, auto& path, auto& message, auto& faulty, int step) {
            const bool renamed = faulty.calls()[static_cast<std::size_t>(step)] == "sync_directory";
            CHECK(!message.empty());
            CHECK(read_text(path) == (renamed ? kNew : kOld));
            const bool leftover = step > 0 && !renamed;
            CHECK(directory.names().size() == (leftover ? 2 : 1));
            CHECK(remove_leftovers(directory.path()) == (leftover ? 1 : 0));
            CHECK(directory.names() == std::vector<std::string>{"model.safetensors"});
            CHECK_NOTHROW(save(path, posix_file_system()));
            CHECK(read_text(path) == kNew);
        });
    CHECK(steps == 8);
}

TEST_CASE("only temporaries are leftovers") {
    TemporaryDirectory directory;
    const std::vector<std::string> kept = {"a.tmp.12", ".a.tmp.", ".a.tmp.1x",
                                           ".tmp.12",  ".a",      "model.safetensors"};
    for (const std::string& name : kept) write_text(directory / name, "x");
    std::filesystem::create_directory(directory / ".d.tmp.12");
    write_text(directory / ".a.tmp.12", "x");
    CHECK(remove_leftovers(directory.path()) == 1);
    CHECK(directory.names().size() == kept.size() + 1);
    CHECK(remove_leftovers(directory / "missing") == 0);
}

TEST_CASE("a file that is not committed never appears") {
    TemporaryDirectory directory;
    write_text(directory / "a", kOld);
    {
        AtomicFile file(directory / "a");
        file.append(kNew);
        CHECK(file.size() == static_cast<Index>(kNew.size()));
        CHECK(read_text(directory / "a") == kOld);
        CHECK(directory.names().size() == 2);
    }
    CHECK(read_text(directory / "a") == kOld);
    CHECK(directory.names().size() == 1);
}

TEST_CASE("after a failure or a commit nothing can be appended") {
    TemporaryDirectory directory;
    AtomicFile file(directory / "a");
    file.commit();
    CHECK_THROWS_AS(file.append(kNew), std::logic_error);
    CHECK_THROWS_AS(file.commit(), std::logic_error);
    FaultyFileSystem faulty(Fault::fail, 1, EIO);
    AtomicFile broken(directory / "b", faulty);
    CHECK_THROWS_AS(broken.append(kNew), Error);
    CHECK_THROWS_AS(broken.commit(), std::logic_error);
}

TEST_CASE("a path that is not a regular file is refused before anything is written") {
    TemporaryDirectory directory;
    std::filesystem::create_directory(directory / "d");
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    for (const std::string& path : {directory / "d", directory / "pipe"}) {
        const std::string message = message_of<Error>([&] { write_file_atomically(path, kNew); });
        CHECK(message == "cannot write " + path + ": it exists and is not a regular file; give another name");
    }
    CHECK(message_of<Error>([&] { write_file_atomically(directory / "d/", kNew); }).find("d/") !=
          std::string::npos);
    CHECK(directory.names().size() == 2);
}

TEST_CASE("the message names a missing directory") {
    TemporaryDirectory directory;
    const std::string path = directory / "missing/a";
    const std::string message = message_of<Error>([&] { write_file_atomically(path, kNew); });
    CHECK(message.find("cannot write " + path + ": No such file or directory") == 0);
    CHECK(message.find("check that the directory " + (directory / "missing") + " is there") !=
          std::string::npos);
}

TEST_CASE("a symbolic link is replaced and the file that it names stays as it is") {
    TemporaryDirectory directory;
    std::filesystem::create_directory(directory / "elsewhere");
    write_text(directory / "elsewhere/real", kOld);
    std::filesystem::create_symlink("elsewhere/real", directory / "link");
    write_file_atomically(directory / "link", kNew);
    CHECK_FALSE(std::filesystem::is_symlink(directory / "link"));
    CHECK(read_text(directory / "link") == kNew);
    CHECK(read_text(directory / "elsewhere/real") == kOld);
    std::filesystem::create_symlink("elsewhere/new", directory / "dangling");
    write_file_atomically(directory / "dangling", kNew);
    CHECK(read_text(directory / "dangling") == kNew);
    CHECK_FALSE(std::filesystem::exists(directory / "elsewhere/new"));
    // Such as /dev/stdout.
    std::filesystem::create_symlink("/dev/null", directory / "device");
    CHECK_THROWS_AS(write_file_atomically(directory / "device", kNew), Error);
    CHECK(std::filesystem::is_symlink(directory / "device"));
}

TEST_CASE("a file with the name of the temporary is removed, not written to") {
    TemporaryDirectory directory;
    const std::string temporary = directory / (".a.tmp." + std::to_string(::getpid()));
    const std::string other = directory / "other";
    write_text(other, kOld);
    const std::vector<std::function<int()>> obstacles = {
        [&] { return ::link(other.c_str(), temporary.c_str()); },
        [&] { return ::symlink(other.c_str(), temporary.c_str()); },
        [&] { return ::mkfifo(temporary.c_str(), 0600); },
    };
    for (const auto& put : obstacles) {
        REQUIRE(put() == 0);
        CHECK_NOTHROW(write_file_atomically(directory / "a", kNew));
        CHECK(std::filesystem::is_regular_file(directory / "a"));
        CHECK_FALSE(std::filesystem::is_symlink(directory / "a"));
        CHECK(read_text(directory / "a") == kNew);
        CHECK(read_text(other) == kOld);
        CHECK(directory.names().size() == 2);
    }
    std::filesystem::create_directory(temporary);
    CHECK(message_of<Error>([&] {
              write_file_atomically(directory / "a", kNew);
          }).find("cannot write " + (directory / "a") + ": ") == 0);
    CHECK(std::filesystem::is_directory(temporary));
}

TEST_CASE("a symbolic link to itself is refused and stays") {
    TemporaryDirectory directory;
    std::filesystem::create_symlink("loop", directory / "loop");
    CHECK(message_of<Error>([&] { write_file_atomically(directory / "loop", kNew); }) ==
          "cannot write " + (directory / "loop") + ": " + reason(ELOOP) +
              " (looking at what is there); no file was left behind");
    CHECK(directory.names() == std::vector<std::string>{"loop"});
    CHECK(std::filesystem::is_symlink(directory / "loop"));
}

TEST_CASE("the system's own limit on file sizes is reported like a full disk") {
    TemporaryDirectory directory;
    write_text(directory / "a", kOld);
    struct rlimit previous {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &previous) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = previous;
    small.rlim_cur = 4096;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string big(10'000, 'x');
    const std::string message = message_of<Error>([&] { write_file_atomically(directory / "a", big); });
    ::setrlimit(RLIMIT_FSIZE, &previous);
    std::signal(SIGXFSZ, handler);
    CHECK(message.find(reason(EFBIG) + " (writing 10.0 kB at byte 4096); raise the limit") !=
          std::string::npos);
    CHECK(read_text(directory / "a") == kOld);
    CHECK(directory.names().size() == 1);
}
