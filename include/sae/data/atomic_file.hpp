#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"
#include "sae/data/file_system.hpp"

namespace sae {

/// A file that appears whole or not at all: the bytes go to `.NAME.tmp.PID` in the same directory, and
/// commit() makes them last (fsync), gives them their name (rename) and makes the name last (fsync of the
/// directory). Until then a reader, a crash or a full disk finds the file that was there before. A symbolic
/// link to a file, or to nothing, is replaced; the file that it names stays as it is.
///
/// A long file is sent to the disk in parts while it is written.
///
/// Every failure is an Error with the file, the step and the system's reason; the temporary is then gone and
/// the object can no longer be used.
class AtomicFile {
  public:
    /// Creates the temporary. Refuses a `path` that is there and is no regular file (a directory, a device).
    explicit AtomicFile(const std::string& path, FileSystem& file_system = posix_file_system());
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    /// Without a commit() the temporary is removed and the previous file stays.
    ~AtomicFile();

    void append(std::span<const std::byte> bytes);
    void append(std::string_view text);
    /// Puts the file in its place; nothing can be appended afterwards.
    void commit();

    /// The path as the caller gave it.
    [[nodiscard]] const std::string& path() const { return path_; }
    /// The number of bytes appended so far.
    [[nodiscard]] Index size() const { return size_; }

  private:
    friend void commit_together(std::span<AtomicFile* const> files);

    [[noreturn]] void fail(const std::string& step, int error, const std::string& aftermath = {});
    void abandon() noexcept;
    void start_sync();
    void make_last();
    void put_in_place();
    void make_name_last();
    [[nodiscard]] std::string previous_file() const;

    FileSystem& file_system_;
    std::string path_;
    std::string temporary_;
    int file_ = -1;
    Index size_ = 0;
    Index started_ = 0;  ///< how much of it is on its way to the disk
    bool existed_ = false;
    bool pending_ = false;
};

/// commit() of several files at about the cost of one: the disk works on all of them at the same time. The
/// bytes of all are on the disk before the first has its name, in the order given. If one fails, those before
/// it may be there.
void commit_together(std::span<AtomicFile* const> files);

/// Writes the whole file through an AtomicFile.
void write_file_atomically(const std::string& path, std::span<const std::byte> bytes,
                           FileSystem& file_system = posix_file_system());
void write_file_atomically(const std::string& path, std::string_view text,
                           FileSystem& file_system = posix_file_system());

/// What a file is to hold.
struct FileContent {
    std::string path;
    std::span<const std::byte> bytes;
};

/// Writes whole files through commit_together().
void write_files_atomically(std::span<const FileContent> files,
                            FileSystem& file_system = posix_file_system());

/// Removes the temporaries (`.NAME.tmp.PID`) that processes which were killed during a save left in
/// `directory`. No other process may be saving there at the same time. Returns how many it removed; what
/// cannot be removed stays.
Index remove_leftovers(const std::string& directory, FileSystem& file_system = posix_file_system());

}  // namespace sae
