#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"
#include "sae/data/file_system.hpp"

namespace sae {

/// A file that appears whole or not at all. The bytes go to `.NAME.tmp.PID` in the same directory; commit()
/// makes them permanent (fsync), renames the file and makes the new name permanent (fsync of the directory).
/// Until then the previous file is there, even after a crash or on a full disk. A symbolic link is replaced;
/// the file that it names is not changed.
///
/// A long file is sent to the disk in parts while it is written.
///
/// Every failure throws Error with the file, the step and the system's reason. The temporary file is then
/// removed, and the object can no longer be used.
class AtomicFile {
  public:
    /// Creates the temporary file. Refuses a `path` that exists and is not a regular file (a directory, a
    /// device).
    explicit AtomicFile(const std::string& path, FileSystem& file_system = posix_file_system());
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    /// Without a commit() the temporary file is removed and the previous file stays.
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
    void sync_bytes();
    void put_in_place();
    void sync_name();
    [[nodiscard]] std::string previous_file() const;

    FileSystem& file_system_;
    std::string path_;
    std::string temporary_;
    int file_ = -1;
    Index size_ = 0;
    Index started_ = 0;  ///< bytes that are on their way to the disk
    bool existed_ = false;
    bool pending_ = false;
};

/// Commits several files at about the cost of one, because the disk works on all of them at the same time.
/// The bytes of all are on the disk before the first is renamed; they are renamed in the order given. If one
/// fails, those before it may be there.
void commit_together(std::span<AtomicFile* const> files);

/// Writes the whole file through an AtomicFile.
void write_file_atomically(const std::string& path, std::span<const std::byte> bytes,
                           FileSystem& file_system = posix_file_system());
void write_file_atomically(const std::string& path, std::string_view text,
                           FileSystem& file_system = posix_file_system());

/// A file to be written.
struct FileContent {
    std::string path;
    std::span<const std::byte> bytes;
};

/// Writes whole files through commit_together().
void write_files_atomically(std::span<const FileContent> files,
                            FileSystem& file_system = posix_file_system());

/// Removes temporary files (`.NAME.tmp.PID`) of processes that were killed during a save in `directory`. No
/// other process may be saving there at the same time. Returns how many it removed; those that cannot be
/// removed stay.
Index remove_leftovers(const std::string& directory, FileSystem& file_system = posix_file_system());

}  // namespace sae
