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

}  // namespace

TEST_CASE("every command has examples, and its options read every one") {
    const test::TemporaryDirectory place;
    const WorkingDirectory there(place.path());
    fs::create_directory("first-run");
    test::write_text("first-run/config.ini", "hidden = 5\n");
    for (const Command& command : commands()) {
        INFO(command.name());
        CHECK(!command.description.examples.empty());
        for (const auto& [remark, example] : command.description.examples) {
            CHECK(!remark.empty());
            for (const Words& words : lines_of(example)) {
                INFO(example);
                const auto program = std::ranges::find(words, "sae-mpi");
                REQUIRE(words.end() - program >= 2);
                CHECK(program[1] == command.name());
                CHECK(command.reads(Words(program + 2, words.end())));
            }
        }
    }
}

TEST_CASE("the options are described as the help has them") {
    EvaluateOptions options;
    const OptionTable table = table_of(options);
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
}

TEST_CASE("the manual has a page for the program and for each command") {
    const ProgramDescription program = program_description();
    const std::vector<ManualPage> pages = manual_pages(program);
    REQUIRE(pages.size() == commands().size() + 1);
    CHECK(pages[0].name == "sae-mpi.1");
    CHECK(pages[1].name == "sae-mpi-train.1");
    CHECK_THAT(pages[1].text,
               ContainsSubstring(".TH SAE\\-MPI\\-TRAIN 1 \"\" \"sae\\-mpi " + program.version + '"') &&
                   ContainsSubstring(".B \\-\\-hidden \\fIN\\fR\nhidden units (default: 100)") &&
                   ContainsSubstring("first\\-run/config.ini"));
    for (const Command& command : commands())
        CHECK_THAT(pages[0].text, ContainsSubstring("\n" + command.description.headline().substr(0, 8)));
    CHECK_THAT(bash_completion(program), ContainsSubstring(" --precision=double|single "));
}
