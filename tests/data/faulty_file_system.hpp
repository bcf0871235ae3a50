#pragma once
#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "sae/data/file_system.hpp"

namespace sae::test {

enum class Fault {
    fail,         ///< the call fails with `error` and does nothing
    write_half,   ///< a write takes half of its bytes, then the next call fails with `error`
    short_write,  ///< a write takes one byte and succeeds
    crash,        ///< the call and all that follow do nothing and fail
};

/// The real file system with one fault at call number `step` (from 0); it records the calls' names.
class FaultyFileSystem final : public FileSystem {
  public:
    FaultyFileSystem(Fault fault, int step, int error) : fault_(fault), step_(step), error_(error) {}

    /// Whether the fault took place, which it does not if there were fewer calls.
    bool struck() const { return struck_; }
    const std::vector<std::string>& calls() const { return calls_; }
    /// The arguments of start_sync(), which is not a step, because it cannot fail.
    const std::vector<off_t>& starts() const { return starts_; }

    int create(const std::string& path) override { return refuse("create") ? -1 : real_.create(path); }
    ssize_t write(int file, std::span<const std::byte> bytes) override {
        const bool chosen = static_cast<int>(calls_.size()) == step_;
        if (chosen && (fault_ == Fault::short_write || fault_ == Fault::write_half)) {
            struck_ = true;
            calls_.emplace_back("write");
            if (fault_ == Fault::write_half) fault_ = Fault::fail, ++step_;
            const std::size_t count = fault_ == Fault::short_write ? 1 : bytes.size() / 2;
            return real_.write(file, bytes.first(std::min(std::max<std::size_t>(count, 1), bytes.size())));
        }
        return refuse("write") ? -1 : real_.write(file, bytes);
    }
    void start_sync(int file, off_t first) override {
        starts_.push_back(first);
        real_.start_sync(file, first);
    }
    int sync(int file) override { return refuse("sync") ? -1 : real_.sync(file); }
    int close(int file) override {
        const bool refused = refuse("close");
        // A close that fails closes the file too, and a dead process has no open files.
        const int status = real_.close(file);
        return refused ? (errno = error_, -1) : status;
    }
    int rename(const std::string& from, const std::string& to) override {
        return refuse("rename") ? -1 : real_.rename(from, to);
    }
    int unlink(const std::string& path) override { return refuse("unlink") ? -1 : real_.unlink(path); }
    int sync_directory(const std::string& path) override {
        return refuse("sync_directory") ? -1 : real_.sync_directory(path);
    }

  private:
    bool refuse(const std::string& call) {
        const int number = static_cast<int>(calls_.size());
        calls_.push_back(call);
        const bool refused =
            fault_ == Fault::crash ? number >= step_ : fault_ == Fault::fail && number == step_;
        if (!refused) return false;
        struck_ = true;
        errno = error_;
        return true;
    }

    FileSystem& real_ = posix_file_system();
    Fault fault_;
    int step_;
    int error_;
    bool struck_ = false;
    std::vector<std::string> calls_;
    std::vector<off_t> starts_;
};

}  // namespace sae::test
