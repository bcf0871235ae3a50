#include "sae/app/progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "catch.hpp"
#include "sae/app/terminal.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

namespace {

IterationRecord at(Index iteration, double seconds) {
    return {iteration, iteration + 3, {12.0, 0.25, 0.0}, 0.0031, 1, seconds};
}

/// The iterations that a training of `iterations` shows lines of.
std::vector<std::string> shown(ProgressStyle style, Index iterations, double seconds) {
    std::ostringstream stream;
    Progress progress(stream, style, 400);
    for (Index i = 0; i <= iterations; ++i) progress.record(at(i, seconds));
    progress.finish();
    std::istringstream lines(stream.str());
    std::vector<std::string> numbers;
    for (std::string line; std::getline(lines, line);) numbers.push_back(line.substr(0, line.find('/')));
    return numbers;
}

}  // namespace

TEST_CASE("elsewhere than on a terminal there is a line now and then") {
    using Lines = std::vector<std::string>;
    CHECK(shown({}, 60, 0.01) == Lines{"0", "1", "2", "5", "10", "20", "50", "60"});
    CHECK(shown({}, 100, 0.01) == Lines{"0", "1", "2", "5", "10", "20", "50", "100"});
    CHECK(shown({}, 30, 4) ==
          Lines{"0", "1", "2", "5", "8", "10", "13", "16", "19", "20", "23", "26", "29", "30"});
}

TEST_CASE("a quiet run shows nothing but warnings") {
    std::ostringstream stream;
    Progress progress(stream, {.quiet = true, .live_columns = [] { return 80; }}, 400);
    progress.record(at(1, 1));
    progress.note("a remark");
    progress.warn("a loss");
    progress.finish();
    CHECK(stream.str() == "warning: a loss\n");
}

TEST_CASE("a run without iterations shows nothing") {
    std::ostringstream stream;
    Progress(stream, {}, 400).finish();
    CHECK(stream.str().empty());
}

TEST_CASE("a line says how far the training is") {
    std::ostringstream stream;
    Progress progress(stream, {}, 400);
    progress.record(at(200, 0.5));
    CHECK(stream.str() ==
          "200/400  cost 12.25  gradient 0.0031  evaluations 203  0.5 s/iteration  1 min 40 s left\n");
}

TEST_CASE("on a terminal one line is rewritten") {
    std::ostringstream stream;
    {
        Progress progress(stream, {.live_columns = [] { return 40; }}, 400);
        for (Index i = 0; i < 5; ++i) progress.record(at(i, 0.05));
        progress.note("a remark");
    }
    CHECK(stream.str() ==
          "0/400  cost 12.25  gradient 0.0031\x1b[K\n"
          "\x1b[1A\r2/400  cost 12.25  20 s left\x1b[K\n"
          "\x1b[1A\r4/400  cost 12.25  20 s left\x1b[K\n"
          "\x1b[1A\r\x1b[Ja remark\n"
          "4/400  cost 12.25  20 s left\x1b[K\n");
}

TEST_CASE("the line keeps to the present width, and the time left is what stays") {
    std::ostringstream stream;
    int columns = 90;
    Progress progress(stream, {.live_columns = [&] { return columns; }}, 400);
    Index iteration = 200;
    const auto next = [&](int width) {
        columns = width;
        stream.str("");
        progress.record(at(iteration++, 0.5));
        return stream.str().substr(stream.str().rfind('\r') + 1);
    };
    CHECK(next(90) ==
          "200/400  cost 12.25  gradient 0.0031  evaluations 203  0.5 s/iteration  1 min 40 s left\x1b[K\n");
    CHECK(next(80) == "201/400  cost 12.25  gradient 0.0031  0.5 s/iteration  1 min 40 s left\x1b[K\n");
    CHECK(next(60) == "202/400  cost 12.25  0.5 s/iteration  1 min 39 s left\x1b[K\n");
    CHECK(next(40) == "203/400  cost 12.25  1 min 39 s left\x1b[K\n");
    CHECK(next(19) == "204/400  cost 12.2\x1b[K\n");
}

TEST_CASE("the last iteration is shown, however the run ends") {
    std::ostringstream stream;
    {
        Progress progress(stream, {}, 400);
        progress.record(at(1, 0.1));
        progress.record(at(3, 0.1));
    }
    CHECK_THAT(stream.str(), ContainsSubstring("\n3/400"));
}

TEST_CASE("files and pipes are no terminals") {
    const int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    REQUIRE(file >= 0);
    CHECK(terminal_columns(file) == 0);
    close(file);
    CHECK(terminal_columns(-1) == 0);
}
