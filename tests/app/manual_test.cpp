#include "sae/app/manual.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "../data/temporary_directory.hpp"
#include "catch.hpp"
#include "sae/app/run_command.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// The words of each command line in an example.
std::vector<Words> lines_of(const std::string& example) {
    std::vector<Words> lines;
    std::istringstream text(example);
    for (std::string line; std::getline(text, line);) {
        std::istringstream words(line);
        lines.emplace_back();
        for (std::string word; words >> word;) lines.back().push_back(word);
    }
    return lines;
}

const Command& command_of(const std::string& name) {
    const auto found = std::ranges::find(commands(), name, &Command::name);
    REQUIRE(found != commands().end());
    return *found;
}

/// The working directory until the object goes.
class WorkingDirectory {
  public:
    explicit WorkingDirectory(const std::string& path) { fs::current_path(path); }
    ~WorkingDirectory() { fs::current_path(before_); }
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;

  private:
    fs::path before_ = fs::current_path();
};

CommandDescription one_option(const std::string& help) {
    return {"try", "Tries\nthis.", {{"size", "N", help, "Sizes"}}, {{"one", "sae-mpi try --size 1"}}};
}

Command describing(const CommandDescription& described) {
    const auto visit = [described](const std::function<void(const OptionTable&)>& use) {
        OptionTable table(described.command, described.summary);
        table.group(described.options[0].heading);
        static Index size = 1;
        table.add({described.options[0].name, "N", described.options[0].help}, size, WholeNumbers{1});
        for (const auto& [remark, line] : described.examples) table.example(remark, line);
        use(table);
    };
    return {described.command, "tries", {}, visit};
}

}  // namespace

TEST_CASE("every command has examples, and its options read every one") {
    const test::TemporaryDirectory place;
    const WorkingDirectory there(place.path());
    fs::create_directory("first-run");
    test::write_text("first-run/config.ini", "hidden = 5\n");
    for (const Command& command : commands()) {
        INFO(command.name);
        const CommandDescription described = command.description();
        CHECK(described.command == command.name);
        CHECK(!described.examples.empty());
        for (const auto& [remark, example] : described.examples) {
            CHECK(!remark.empty());
            for (const Words& words : lines_of(example)) {
                INFO(example);
                const auto program = std::ranges::find(words, "sae-mpi");
                REQUIRE(words.end() - program >= 2);
                CHECK(program[1] == command.name);
                command_of(program[1]).visit_options([&](const OptionTable& table) {
                    CHECK(table.parse(Words(program + 2, words.end())));
                });
            }
        }
    }
}

TEST_CASE("the options are described as the help has them") {
    command_of("evaluate").visit_options([](const OptionTable& table) {
        const CommandDescription described = table.description();
        const auto named = [&](const std::string& name) {
            return *std::ranges::find(described.options, name, &OptionDescription::name);
        };
        CHECK(named("model").help == "model file that is evaluated (needed)");
        CHECK(named("model").value == "FILE");
        CHECK(named("precision").help.ends_with("(default: double)"));
        CHECK(named("help").value.empty());
        CHECK(described.options.back().heading == "General");
        std::size_t from = 0;
        const std::string help = table.help();
        for (const OptionDescription& option : described.options) {
            INFO(option.name);
            from = help.find("--" + option.name, from);
            REQUIRE(from != std::string::npos);
        }
    });
}

TEST_CASE("the manual has a page for the program and for each command") {
    const std::vector<ManualPage> pages = manual_pages(commands(), "1.2.3");
    REQUIRE(pages.size() == commands().size() + 1);
    CHECK(pages[0].name == "sae-mpi.1");
    CHECK(pages[1].name == "sae-mpi-train.1");
    CHECK_THAT(pages[1].text,
               ContainsSubstring(".TH SAE\\-MPI\\-TRAIN 1 \"\" \"sae\\-mpi 1.2.3\"") &&
                   ContainsSubstring(".B \\-\\-hidden \\fIN\\fR\nhidden units (default: 100)") &&
                   ContainsSubstring("first\\-run/config.ini"));
    for (const Command& command : commands())
        CHECK_THAT(pages[0].text, ContainsSubstring("\n" + command.summary.substr(0, 8)));
}

TEST_CASE("nothing in a text is taken for roff's own") {
    const Command command = describing(one_option(".so it's \\fB-1\\fR\n'or \"^~`"));
    const std::string page = manual_pages({&command, 1}, "1")[1].text;
    CHECK_THAT(page,
               ContainsSubstring("\n\\&.so it\\(aqs \\efB\\-1\\efR \\(aqor \\(dq\\(ha\\(ti\\(ga (default"));
    CHECK_THAT(page, ContainsSubstring("\nTries this.\n"));
}

TEST_CASE("the completion knows commands, options and what they take") {
    const Command command = describing(one_option("how much"));
    const std::string script = bash_completion({&command, 1});
    CHECK_THAT(script, ContainsSubstring("commands='try '") &&
                           ContainsSubstring("try) options=' --size=N --config=FILE --help ' ;;"));
    const std::string whole = bash_completion(commands());
    CHECK_THAT(whole, ContainsSubstring(" --precision=double|single "));
}
