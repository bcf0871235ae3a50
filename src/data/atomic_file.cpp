#include "sae/data/atomic_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporary = ".tmp.";

/// A long file is sent to the disk in parts of at least so many bytes.
constexpr Index kStretch = Index{4} << 20;

/// The directory of `path`, as a path that open() accepts.
std::string directory_of(const std::string& path) {
    const fs::path parent = fs::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

std::string human_size(Index bytes) {
    char text[32];
    if (bytes < 1000) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    const char* unit = "kB";
    double value = static_cast<double>(bytes) / 1e3;
    for (const char* next : {"MB", "GB", "TB"}) {
        if (value < 1000) break;
        value /= 1000;
        unit = next;
    }
    std::snprintf(text, sizeof text, "%.1f %s", value, unit);
    return text;
}

std::string advice(int error, const std::string& target) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "; free space and run again";
        case EACCES:
        case EPERM:
        case EROFS:
            return "; choose a place that you may write to";
        case ENOENT:
        case ENOTDIR:
            return "; check that the directory " + directory_of(target) + " is there";
        case EFBIG:
            return "; raise the limit on file sizes (ulimit -f)";
        default:
            return "";
    }
}

bool is_leftover(const std::string& name) {
    const std::size_t mark = name.rfind(kTemporary);
    if (name.empty() || name.front() != '.' || mark == std::string::npos || mark == 0) return false;
    const std::string_view process = std::string_view(name).substr(mark + kTemporary.size());
    return !process.empty() && process.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path, FileSystem& file_system)
    : file_system_(file_system), path_(path) {
    std::error_code problem;
    // This follows links, because a link to a device, such as /dev/stdout, must not be replaced.
    const fs::file_status status = fs::status(path, problem);
    if (!fs::status_known(status)) fail("looking at what is there", problem.value());
    existed_ = fs::exists(status);
    if (existed_ && !fs::is_regular_file(status)) {
        throw Error("cannot write " + path + ": it exists and is not a regular file; give another name");
    }
    const fs::path target(path_);
    const std::string name = target.filename().string();
    if (name.empty()) throw Error("cannot write \"" + path + "\": expected the name of a file");
    temporary_ = (target.parent_path() / ("." + name)).string();
    temporary_ += std::string(kTemporary) + std::to_string(::getpid());
    do file_ = file_system_.create(temporary_);
    while (file_ < 0 && errno == EINTR);
    if (file_ < 0) fail("creating a temporary file next to it", errno);
    pending_ = true;
}

AtomicFile::~AtomicFile() {
    abandon();
}

void AtomicFile::append(std::span<const std::byte> bytes) {
    if (!pending_) throw std::logic_error("AtomicFile: append after commit or failure: " + path_);
    const Index size = static_cast<Index>(bytes.size());
    while (!bytes.empty()) {
        const ssize_t written = file_system_.write(file_, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int error = written < 0 ? errno : EIO;
            fail("writing " + human_size(size) + " at byte " + std::to_string(size_), error);
        }
        size_ += written;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        if (size_ - started_ >= kStretch) start_sync();
    }
}

void AtomicFile::append(std::string_view text) {
    append(std::as_bytes(std::span(text)));
}

void AtomicFile::commit() {
    AtomicFile* const alone = this;
    commit_together({&alone, 1});
}

void AtomicFile::start_sync() {
    file_system_.start_sync(file_, started_);
    started_ = size_;
}

void AtomicFile::put_in_place() {
    if (file_system_.rename(temporary_, path_) != 0) fail("renaming the temporary file", errno);
    pending_ = false;
}

void AtomicFile::sync_name() {
    int status = 0;
    do status = file_system_.sync_directory(directory_of(path_));
    while (status != 0 && errno == EINTR);
    if (status != 0) {
        fail("fsync of its directory", errno, "the new file is there, but a power failure may undo it");
    }
}

/// fsync and close, both of which may report that an earlier write was lost.
void AtomicFile::sync_bytes() {
    int status = 0;
    do status = file_system_.sync(file_);
    while (status != 0 && errno == EINTR);
    if (status != 0) fail("fsync", errno);
    // After EINTR the descriptor is closed on Linux: closing it again could close another file.
    if (file_system_.close(std::exchange(file_, -1)) != 0 && errno != EINTR) fail("closing", errno);
}

std::string AtomicFile::previous_file() const {
    return existed_ ? "the previous file is untouched" : "no file was left behind";
}

void AtomicFile::fail(const std::string& step, int error, const std::string& aftermath) {
    abandon();
    throw Error("cannot write " + path_ + ": " + std::generic_category().message(error) + " (" + step + ")" +
                advice(error, path_) + "; " + (aftermath.empty() ? previous_file() : aftermath));
}

void AtomicFile::abandon() noexcept {
    if (file_ >= 0) file_system_.close(file_);
    file_ = -1;
    if (pending_) file_system_.unlink(temporary_);
    pending_ = false;
}

void commit_together(std::span<AtomicFile* const> files) {
    for (AtomicFile* file : files) {
        if (!file->pending_)
            throw std::logic_error("AtomicFile: commit after commit or failure: " + file->path_);
    }
    if (files.size() > 1) std::ranges::for_each(files, &AtomicFile::start_sync);
    std::ranges::for_each(files, &AtomicFile::sync_bytes);
    std::ranges::for_each(files, &AtomicFile::put_in_place);
    std::set<std::string> directories;
    for (AtomicFile* file : files) {
        if (directories.insert(directory_of(file->path_)).second) file->sync_name();
    }
}

void write_file_atomically(const std::string& path, std::span<const std::byte> bytes,
                           FileSystem& file_system) {
    AtomicFile file(path, file_system);
    file.append(bytes);
    file.commit();
}

void write_file_atomically(const std::string& path, std::string_view text, FileSystem& file_system) {
    write_file_atomically(path, std::as_bytes(std::span(text)), file_system);
}

void write_files_atomically(std::span<const FileContent> files, FileSystem& file_system) {
    std::deque<AtomicFile> written;
    std::vector<AtomicFile*> all;
    for (const FileContent& content : files) {
        all.push_back(&written.emplace_back(content.path, file_system));
        all.back()->append(content.bytes);
    }
    commit_together(all);
}

Index remove_leftovers(const std::string& directory, FileSystem& file_system) {
    std::error_code error;
    Index removed = 0;
    for (fs::directory_iterator entry(directory, error); entry != fs::directory_iterator();
         entry.increment(error)) {
        if (!is_leftover(entry->path().filename().string()) || !entry->is_regular_file(error)) continue;
        if (file_system.unlink(entry->path().string()) == 0) ++removed;
    }
    return removed;
}

}  // namespace sae
