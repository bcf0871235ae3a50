#include "sae/cli/option_table.hpp"

#include <cstdio>
#include <fstream>

#include "catch.hpp"
#include "sae/core/error.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using Words = std::vector<std::string>;

namespace {

/// A kind of values that a program adds.
struct Colours {
    static std::string expected() { return "\"red\" or \"blue\""; }
    static std::optional<char> read(std::string_view text) {
        return text == "red" ? std::optional('r') : text == "blue" ? std::optional('b') : std::nullopt;
    }
    static std::string text(char value) { return value == 'r' ? "red" : "blue"; }
};

/// A table with an option of each kind.
struct Kinds {
    Index count = 7;
    std::optional<Index> limit;
    std::vector<Index> list{1, 2};
    std::uint64_t seed = 3;
    double rate = 0.5;
    std::optional<double> share;
    std::string directory = "here";
    std::optional<std::string> file;
    bool loud = false;
    char colour = 'r';
    OptionTable table{"sae-mpi", "try", "Tries."};

    Kinds() {
        table.group("Numbers");
        table.add({"count", "N", "how many"}, count, WholeNumbers{1, 9});
        table.add({"limit", "N", "the limit", "no limit"}, limit, WholeNumbers{});
        table.add({"list", "N,...", "a list"}, list, ListOf{WholeNumbers{1}});
        table.add({"seed", "N", "the seed"}, seed, Seeds{});
        table.add({"rate", "X", "the rate"}, rate, RealNumbers{0, 1});
        table.add({"share", "X", "the share", "all"}, share, RealNumbers{0, 1, true});
        table.group("Files");
        table.add({"directory", "DIR", "where"}, directory, Paths{});
        table.add({"file", "FILE", "which", "nothing"}, file, Paths{});
        table.add({"loud", "", "make a noise"}, loud);
        table.add({"colour", "red|blue", "how"}, colour, Colours{});
    }
};

/// An INI file that lives as long as the object.
class Ini {
  public:
    explicit Ini(const std::string& text) { std::ofstream("option_table_test.ini") << text; }
    ~Ini() { std::remove("option_table_test.ini"); }
    Ini(const Ini&) = delete;
    Ini& operator=(const Ini&) = delete;
    const std::string path = "option_table_test.ini";
};

std::string complaint(Kinds& kinds, const Words& words) {
    try {
        (void)kinds.table.parse(words);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "none";
}

std::string complaint(const Words& words) {
    Kinds kinds;
    return complaint(kinds, words);
}

}  // namespace

TEST_CASE("options of every kind are read from the command line") {
    Kinds kinds;
    REQUIRE(kinds.table.parse(Words{"--count", "2", "--limit=5", "--list", "10,50,100", "--seed",
                                    "18446744073709551615", "--rate", "1e-3", "--share", "0.25",
                                    "--directory", "-there", "--file=a b", "--loud", "--colour", "blue"}));
    CHECK(kinds.count == 2);
    CHECK(kinds.limit == 5);
    CHECK(kinds.list == std::vector<Index>{10, 50, 100});
    CHECK(kinds.seed == 18446744073709551615u);
    CHECK(kinds.rate == 1e-3);
    CHECK(kinds.share == 0.25);
    CHECK(kinds.directory == "-there");
    CHECK(kinds.file == "a b");
    CHECK(kinds.loud);
    CHECK(kinds.colour == 'b');
}

TEST_CASE("without arguments the defaults stay") {
    Kinds kinds;
    REQUIRE(kinds.table.parse(Words{}));
    CHECK(kinds.count == 7);
    CHECK_FALSE(kinds.limit);
    CHECK(kinds.list == std::vector<Index>{1, 2});
}

TEST_CASE("what is wrong with the command line is said, with the option and what was expected") {
    CHECK(complaint(Words{"--count", "0"}) == "--count: expected a whole number from 1 to 9, found \"0\"");
    CHECK(complaint(Words{"--count", "-3"}) == "--count: expected a whole number from 1 to 9, found \"-3\"");
    CHECK(complaint(Words{"--limit", "1e3"}) ==
          "--limit: expected a whole number of at least 1, found \"1e3\"");
    CHECK(complaint(Words{"--rate", "1.5"}) == "--rate: expected a number from 0 to 1, found \"1.5\"");
    CHECK(complaint(Words{"--share", "1"}) == "--share: expected a number above 0 and below 1, found \"1\"");
    CHECK(complaint(Words{"--share", "nan"}) ==
          "--share: expected a number above 0 and below 1, found \"nan\"");
    CHECK(complaint(Words{"--list", "1,,2"}) ==
          "--list: expected a list with commas, each a whole number of at least 1, found \"1,,2\"");
    CHECK_THAT(complaint(Words{"--list", "1,"}), ContainsSubstring("found \"1,\""));
    CHECK_THAT(complaint(Words{"--list", "1,0"}), ContainsSubstring("found \"1,0\""));
    CHECK(complaint(Words{"--seed", "-1"}) ==
          "--seed: expected a whole number from 0 to 18446744073709551615, found \"-1\"");
    CHECK(complaint(Words{"--directory", ""}) ==
          "--directory: expected a path, not empty and without control characters, found \"\"");
    CHECK(complaint(Words{"--directory="}) ==
          "--directory: needs a value: expected a path, not empty and without control characters");
    CHECK(complaint(Words{"--file", "a\nb"}) ==
          "--file: expected a path, not empty and without control characters, found \"a\\x0ab\"");
    CHECK(complaint(Words{"--colour", "green"}) == "--colour: expected \"red\" or \"blue\", found \"green\"");
    CHECK(complaint(Words{"--loud=true"}) == "--loud: is a switch and takes no value");
    CHECK(complaint(Words{"--count"}) == "--count: needs a value: expected a whole number from 1 to 9");
    CHECK(complaint(Words{"--count", "--loud"}) ==
          "--count: needs a value: expected a whole number from 1 to 9");
    CHECK(complaint(Words{"--loud", "--loud"}) == "--loud: is given twice");
    CHECK(complaint(Words{"--count", "1", "--count", "1"}) == "--count: is given twice");
    CHECK(complaint(Words{"--coutn", "1"}) == "unknown option \"--coutn\"; did you mean --count?");
    CHECK(complaint(Words{"--coun", "1"}) == "unknown option \"--coun\"; did you mean --count?");
    CHECK(complaint(Words{"--zebra=1"}) ==
          "unknown option \"--zebra\"; sae-mpi try --help lists the options");
    CHECK_THAT(complaint(Words{"-c", "1"}), ContainsSubstring("unexpected argument \"-c\""));
    CHECK_THAT(complaint(Words{"count=1"}), ContainsSubstring("unexpected argument \"count=1\""));
    CHECK_THAT(complaint(Words{""}), ContainsSubstring("unexpected argument \"\""));
    CHECK_THAT(complaint(Words{"--", "--loud"}), ContainsSubstring("unexpected argument"));
    CHECK(complaint(Words{"--config", ""}) ==
          "--config: expected a path, not empty and without control characters, found \"\"");
    CHECK_THAT(complaint(Words{"--config", "no-such.ini"}),
               ContainsSubstring("no-such.ini: cannot be opened"));
}

TEST_CASE("an INI file gives options, and the command line wins") {
    const Ini ini("count = 4\nlimit = 8\nloud = true\n");
    Kinds kinds;
    REQUIRE(kinds.table.parse(Words{"--limit", "9", "--config", ini.path}));
    CHECK(kinds.count == 4);
    CHECK(kinds.limit == 9);
    CHECK(kinds.loud);
}

TEST_CASE("what is wrong with an INI file is said, with file and line") {
    const auto of_ini = [](const std::string& text) {
        const Ini ini(text);
        return complaint(Words{"--config", ini.path});
    };
    const std::string file = "option_table_test.ini:";
    CHECK(of_ini("\ncount = 10") == file + "2: count: expected a whole number from 1 to 9, found \"10\"");
    CHECK(of_ini("coutn = 1") == file + "1: unknown option \"coutn\"; did you mean count?");
    CHECK(of_ini("--count = 1") == file + "1: unknown option \"--count\"; did you mean count?");
    CHECK(of_ini("config = x") == file + "1: unknown option \"config\"; it belongs on the command line only");
    CHECK(of_ini("loud = yes") == file + "1: loud: expected true or false, found \"yes\"");
    CHECK(of_ini("limit =") == file + "1: limit: expected a whole number of at least 1, found \"\"");
    CHECK_THAT(of_ini("count = 1\ncount = 2"),
               ContainsSubstring(file + "2: ") && ContainsSubstring("line 1"));
}

TEST_CASE("options that exclude each other") {
    Kinds kinds;
    kinds.table.exclude("file", {"loud", "limit"});
    CHECK(complaint(kinds, Words{"--file", "a", "--limit", "2"}) ==
          "--file: cannot be given together with --limit; remove one of the two");
    CHECK(complaint(kinds, Words{"--loud", "--file", "a"}) ==
          "--file: cannot be given together with --loud; remove one of the two");

    const Ini both("file = a\nlimit = 2\n");
    CHECK_THAT(complaint(kinds, Words{"--config", both.path}),
               ContainsSubstring("ini:1: file: cannot be given"));
}

TEST_CASE("the command line switches off what an INI file says against it") {
    const Ini ini("file = a\n");
    Kinds kinds;
    kinds.table.exclude("file", {"loud"});
    REQUIRE(kinds.table.parse(Words{"--loud", "--config", ini.path}));
    CHECK(kinds.loud);
    CHECK_FALSE(kinds.file);
}

TEST_CASE("a switch that is off excludes nothing") {
    const Ini ini("loud = false\nfile = a\n");
    Kinds kinds;
    kinds.table.exclude("file", {"loud"});
    REQUIRE(kinds.table.parse(Words{"--config", ini.path}));
    CHECK(kinds.file == "a");
}

TEST_CASE("options that are needed, and options that need others") {
    Kinds kinds;
    kinds.table.depend("limit", "file");
    CHECK(complaint(kinds, Words{"--limit", "2"}) ==
          "--limit: makes sense only with --file, which is missing");
    kinds.table.require("file");
    CHECK(complaint(kinds, Words{}) == "--file FILE is missing: which");
    CHECK(kinds.table.parse(Words{"--file", "a", "--limit", "2"}));
}

TEST_CASE("nothing is set when help is asked for") {
    Kinds kinds;
    CHECK_FALSE(kinds.table.parse(Words{"--count", "2", "--nonsense", "--help"}));
    CHECK(kinds.count == 7);
}

TEST_CASE("the help shows every option with its default") {
    Kinds kinds;
    kinds.table.example("an example", "sae-mpi try --count 3");
    const std::string help = kinds.table.help();
    CHECK_THAT(help, ContainsSubstring("Usage: sae-mpi try"));
    CHECK_THAT(help, ContainsSubstring("--count N") && ContainsSubstring("how many (default: 7)"));
    CHECK_THAT(help, ContainsSubstring("the limit (default: no limit)"));
    CHECK_THAT(help, ContainsSubstring("a list (default: 1,2)"));
    CHECK_THAT(help, ContainsSubstring("where (default: here)"));
    CHECK_THAT(help, ContainsSubstring("--config FILE") && ContainsSubstring("--help"));
    CHECK_THAT(help, ContainsSubstring("make a noise\n"));
    CHECK_THAT(help, ContainsSubstring("# an example\n  sae-mpi try --count 3\n"));
    CHECK(help.find("Numbers") < help.find("Files"));
    CHECK(help.find("Files") < help.find("General"));
}

TEST_CASE("the help breaks the summary at 80 columns") {
    const std::string line = std::string(39, 'a') + ' ' + std::string(40, 'b');
    CHECK_THAT(OptionTable("sae-mpi", "try", line + " c\nd").help(),
               ContainsSubstring("\n\n" + line + "\nc d\n\n"));
    CHECK_THAT(OptionTable("sae-mpi", "try", line + 'b').help(), ContainsSubstring("a\nb"));
}

TEST_CASE("settings written as an INI file read back") {
    Kinds before;
    REQUIRE(before.table.parse(Words{"--count", "2", "--list", "5", "--rate", "0.1", "--file", " a#b ",
                                     "--loud", "--colour", "blue", "--directory", "x"}));
    const Ini ini(before.table.to_ini());
    Kinds after;
    REQUIRE(after.table.parse(Words{"--config", ini.path}));
    CHECK(after.table.to_ini() == before.table.to_ini());
    CHECK(after.file == " a#b ");
    CHECK(after.rate == 0.1);
    CHECK_FALSE(after.limit);
    CHECK_THAT(before.table.to_ini(), ContainsSubstring("# limit: no limit\n"));
}

TEST_CASE("odd arguments are refused and crash nothing") {
    for (const char* odd :
         {"--=", "--=5", "---", "-", "=", "--count==", "--loud=", "--\xff", "--count\n", "-- "}) {
        INFO(odd);
        CHECK(complaint(Words{odd}) != "none");
    }
}
