#include "sae/data/run_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/input_file.hpp"

namespace sae {
namespace {

/// A number with 17 significant digits, or "null", as in JSON, if it is not finite.
std::string json_text(double number) {
    if (!std::isfinite(number)) return "null";
    std::array<char, 32> room{};
    return {
        room.data(),
        std::to_chars(room.data(), room.data() + room.size(), number, std::chars_format::general, 17).ptr};
}

/// The iteration of a line, or nothing if it is incomplete or not a record.
std::optional<Index> iteration_of(std::string_view line) {
    const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    const auto entry = object.find("iteration");
    if (entry == object.end() || !entry->is_number_integer()) return std::nullopt;
    return entry->get<Index>();
}

/// Adds the iterations first, ..., end - 1, if there are any, to a list in words.
void add_range(std::string& list, Index first, Index end) {
    if (first >= end) return;
    if (!list.empty()) list += ", ";
    list += std::to_string(first);
    if (end - first > 1) list += " to " + std::to_string(end - 1);
}

/// A reduced log and the iterations that it lacks.
struct CutLog {
    std::string text;          ///< whole lines
    std::string missing;       ///< the iterations without a line, in words: "3 to 5, 9"; empty if none
    std::optional<Index> odd;  ///< the first line, from 1, that is left out because it is not an iteration's
};

/// The first line in `log` of each iteration 0, ..., `last`, in order.
CutLog cut_log(std::string_view log, Index last) {
    CutLog cut;
    Index next = 0;
    for (Index number = 1; !log.empty(); ++number) {
        const std::size_t end = log.find('\n');
        // A last line without a line end is incomplete, even if it can be parsed: digits may be missing.
        if (end == std::string_view::npos) break;
        const std::string_view line = log.substr(0, end);
        log.remove_prefix(end + 1);
        const std::optional<Index> iteration = iteration_of(line);
        if (!iteration) {
            if (!cut.odd) cut.odd = number;
            continue;
        }
        if (*iteration < next || *iteration > last) continue;
        add_range(cut.missing, next, *iteration);
        next = *iteration + 1;
        cut.text.append(line).push_back('\n');
    }
    add_range(cut.missing, next, last + 1);
    return cut;
}

}  // namespace

std::string log_line(const IterationRecord& record) {
    std::string text = "{\"iteration\":" + std::to_string(record.iteration) +
                       ",\"evaluations\":" + std::to_string(record.evaluations);
    const auto add = [&](const char* key, double number) {
        text += ",\"";
        text += key;
        text += "\":";
        text += json_text(number);
    };
    add("cost", record.cost.total());
    add("reconstruction", record.cost.reconstruction);
    add("weight_decay", record.cost.weight_decay);
    add("sparsity", record.cost.sparsity);
    add("gradient_norm", record.gradient_norm);
    add("step", record.step);
    add("seconds", record.seconds);
    text += '}';
    return text;
}

std::vector<IterationRecord> read_log(const std::string& path) {
    std::vector<IterationRecord> records;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto object = nlohmann::json::parse(line, nullptr, false);
        if (!object.is_object()) continue;
        const auto real = [&](const char* key) {
            const auto found = object.find(key);
            return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
        };
        const auto count = [&](const char* key) {
            const auto found = object.find(key);
            return found != object.end() && found->is_number_integer() ? found->get<Index>() : 0;
        };
        records.push_back({count("iteration"),
                           count("evaluations"),
                           {real("reconstruction"), real("weight_decay"), real("sparsity")},
                           real("gradient_norm"),
                           real("step"),
                           real("seconds")});
    }
    return records;
}

RunLog::RunLog(const std::string& path) : path_(path) {
    write_file_atomically(path_, std::string_view());
    open();
}

RunLog::RunLog(const std::string& path, Index last, const std::function<void(const std::string&)>& warn)
    : path_(path) {
    const bool there = std::filesystem::exists(path_);
    const CutLog cut = cut_log(there ? read_whole(path_) : std::string(), last);
    if (!there) {
        warn("the log " + path_ + " is gone; a new one begins at iteration " + std::to_string(last + 1));
    } else if (!cut.missing.empty()) {
        warn("the log " + path_ + " has no line for iterations " + cut.missing +
             ", of which the run has no record");
    }
    if (cut.odd) {
        warn("the log " + path_ + " had a line " + std::to_string(*cut.odd) +
             " that is not an iteration's JSON object; it was removed");
    }
    write_file_atomically(path_, cut.text);
    open();
}

RunLog::RunLog(RunLog&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

RunLog::~RunLog() {
    if (file_ >= 0) ::close(file_);
}

void RunLog::open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    if (file_ < 0) fail("opening", errno);
}

bool RunLog::is_there() const {
    struct stat opened {
    }, named{};
    // An NFS client keeps a removed file under another name while it is open.
    return ::fstat(file_, &opened) == 0 && opened.st_nlink > 0 && ::lstat(path_.c_str(), &named) == 0;
}

void RunLog::append(std::string_view line) {
    std::string whole(line);
    whole += '\n';
    struct stat before {};
    if (::fstat(file_, &before) != 0) fail("asking for its size", errno);
    for (std::string_view rest = whole; !rest.empty();) {
        const ssize_t written = ::write(file_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int error = written < 0 ? errno : EIO;
            // If this fails, the next resume removes the incomplete line.
            [[maybe_unused]] const int status = ::ftruncate(file_, before.st_size);
            fail("adding a line", error);
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

void RunLog::sync() {
    int status = 0;
    do status = ::fsync(file_);
    while (status != 0 && errno == EINTR);
    // A device or a pipe that cannot be synchronised needs no fsync.
    if (status != 0 && errno != EINVAL && errno != EROFS) fail("fsync", errno);
}

void RunLog::fail(const std::string& step, int error) const {
    throw Error("cannot write " + path_ + ": " + std::generic_category().message(error) + " (" + step +
                "); free space or check the file, then run again with --resume");
}

}  // namespace sae
