#include "sae/data/run_log.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

std::string line(Index iteration) {
    IterationRecord record;
    record.iteration = iteration;
    record.seconds = 0.25;
    return log_line(record);
}

std::string lines(Index first, Index last) {
    std::string text;
    for (Index i = first; i <= last; ++i) text += line(i) + "\n";
    return text;
}

/// The log `text`, reduced to the iterations up to `last`, and the warnings.
struct Cut {
    std::string text;
    std::vector<std::string> warnings;
};

Cut reopen(const std::string& text, Index last) {
    const TemporaryDirectory directory;
    const std::string path = directory / "log.jsonl";
    write_text(path, text);
    Cut cut;
    {
        const RunLog log(path, last, [&](const std::string& warning) { cut.warnings.push_back(warning); });
    }
    CHECK(directory.names() == std::vector<std::string>{"log.jsonl"});
    cut.text = read_text(path);
    return cut;
}

}  // namespace

TEST_CASE("a new log replaces the old one, and each line is in the file at once") {
    const TemporaryDirectory directory;
    const std::string path = directory / "log.jsonl";
    write_text(path, "old\n");
    RunLog log(path);
    CHECK(read_text(path).empty());
    log.append(line(0));
    CHECK(read_text(path) == lines(0, 0));
    log.append(line(1));
    CHECK_NOTHROW(log.sync());
    CHECK(read_text(path) == lines(0, 1));
}

TEST_CASE("a log continues after the iteration of the checkpoint without a gap or a double line") {
    const TemporaryDirectory directory;
    const std::string path = directory / "log.jsonl";
    // Killed at every byte of the log, with a checkpoint of iteration 2.
    const std::string whole = lines(0, 5);
    for (std::size_t size = lines(0, 2).size(); size <= whole.size(); size += 5) {
        write_text(path, whole.substr(0, size));
        RunLog log(path, 2, [](const std::string& warning) { FAIL(warning); });
        for (Index i = 3; i <= 5; ++i) log.append(line(i));
        CHECK(read_text(path) == whole);
    }
}

TEST_CASE("missing lines are reported") {
    Cut cut = reopen(lines(0, 2) + lines(6, 7) + lines(9, 9), 10);
    CHECK(cut.text == lines(0, 2) + lines(6, 7) + lines(9, 9));
    REQUIRE(cut.warnings.size() == 1);
    CHECK_THAT(cut.warnings[0], ContainsSubstring("no line for iterations 3 to 5, 8, 10"));

    cut = reopen("", 0);
    REQUIRE(cut.warnings.size() == 1);
    CHECK_THAT(cut.warnings[0], ContainsSubstring("no line for iterations 0,"));

    // A line without its end may have lost digits.
    cut = reopen(lines(0, 1) + line(2), 2);
    CHECK(cut.text == lines(0, 1));
    REQUIRE(cut.warnings.size() == 1);
    CHECK_THAT(cut.warnings[0], ContainsSubstring("no line for iterations 2,"));
}

TEST_CASE("double lines and lines of other programs are removed") {
    const Cut cut = reopen(lines(0, 2) + lines(1, 3), 3);
    CHECK(cut.text == lines(0, 3));
    CHECK(cut.warnings.empty());
    const std::vector<std::string> odd_lines = {"garbage", "[1]", "{\"iteration\":\"1\"}", "{\"iteration\":1",
                                                "{}",      "",    std::string("\xff\0", 2)};
    for (const std::string& odd : odd_lines) {
        const Cut other = reopen(lines(0, 0) + odd + "\n" + lines(1, 1), 1);
        CHECK(other.text == lines(0, 1));
        REQUIRE(other.warnings.size() == 1);
        CHECK_THAT(other.warnings[0], ContainsSubstring("had a line 2 that is not an iteration's"));
    }
}

TEST_CASE("a log that is gone begins again with a warning") {
    const TemporaryDirectory directory;
    std::string warning;
    RunLog log(directory / "log.jsonl", 7, [&](const std::string& text) { warning += text; });
    CHECK_THAT(warning, ContainsSubstring("is gone; a new one begins at iteration 8"));
    log.append(line(8));
    CHECK(read_text(directory / "log.jsonl") == lines(8, 8));
}

TEST_CASE("a log that was removed or replaced is noticed, and a link is not followed") {
    const TemporaryDirectory directory;
    const std::string path = directory / "log.jsonl";
    RunLog log(path);
    CHECK(log.is_there());
    write_text(directory / "other", "other\n");
    std::filesystem::rename(directory / "other", path);
    CHECK_FALSE(log.is_there());
    std::filesystem::remove(path);
    CHECK_FALSE(log.is_there());

    write_text(directory / "other", "other\n");
    std::filesystem::create_symlink("other", path);
    RunLog again(path);
    again.append(line(0));
    CHECK(again.is_there());
    CHECK(read_text(path) == lines(0, 0));
    CHECK(read_text(directory / "other") == "other\n");
}

TEST_CASE("a log that cannot be written is an error that names it and leaves whole lines") {
    const TemporaryDirectory directory;
    CHECK_THAT(message_of<Error>([&] { RunLog log(directory / "none/log.jsonl"); }),
               ContainsSubstring("none/log.jsonl"));
    const std::string path = directory / "log.jsonl";
    RunLog log(path);
    log.append(line(0));
    // A limit within the second line acts as a full disk.
    struct rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit limit = before;
    limit.rlim_cur = line(0).size() + 10;
    const auto action = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message = message_of<Error>([&] { log.append(line(1)); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, action);
    CHECK_THAT(message, ContainsSubstring("cannot write " + path + ": File too large (adding a line)"));
    CHECK(read_text(path) == lines(0, 0));
}

TEST_CASE("a line of the log is a JSON object that gives each double back") {
    const IterationRecord record{12, 15, {1.0 / 3, 0.1, 1e-17}, 2.0 / 7, 0.7, 0.25};
    const std::string line = log_line(record);
    CHECK(line.find('\n') == std::string::npos);
    const auto object = nlohmann::json::parse(line);
    CHECK(object.size() == 9);
    CHECK(object["iteration"] == 12);
    CHECK(object["evaluations"] == 15);
    CHECK(object["cost"].get<double>() == record.cost.total());
    CHECK(object["reconstruction"].get<double>() == 1.0 / 3);
    CHECK(object["weight_decay"].get<double>() == 0.1);
    CHECK(object["sparsity"].get<double>() == 1e-17);
    CHECK(object["gradient_norm"].get<double>() == 2.0 / 7);
    CHECK(object["step"].get<double>() == 0.7);
    CHECK(line.ends_with(",\"seconds\":0.25}"));
    CHECK(line.starts_with("{\"iteration\":12,\"evaluations\":15,\"cost\":"));
}

TEST_CASE("a line of the log is JSON for any numbers") {
    IterationRecord record;
    record.gradient_norm = std::numeric_limits<double>::infinity();
    CHECK(nlohmann::json::parse(log_line(record))["gradient_norm"].is_null());
    record.gradient_norm = std::numeric_limits<double>::quiet_NaN();
    CHECK(nlohmann::json::parse(log_line(record))["gradient_norm"].is_null());
    record.gradient_norm = 0.1;
    CHECK_THAT(log_line(record), ContainsSubstring("\"gradient_norm\":0.10000000000000001,"));
}
