#include "sae/app/options.hpp"

#include <sstream>

#include "option_words.hpp"

using namespace sae;
using sae::test::again;
using sae::test::complaint;
using sae::test::ContainsSubstring;
using sae::test::parsed;
using sae::test::Words;

namespace {

Words split(const std::string& line) {
    std::istringstream text(line);
    Words words;
    for (std::string word; text >> word;) words.push_back(word);
    return words;
}

/// The help with every run of white space as one space, wherever its lines break.
template <class Options>
std::string help_of() {
    Options options;
    std::string text;
    for (const std::string& word : split(table_of(options).help())) text += word + ' ';
    return text;
}

struct Refused {
    const char* option;
    std::vector<const char*> values;
    const char* expected;
};

const std::vector<const char*> no_count{"0", "-1", "1.5", "1e3", "", "many", "9223372036854775808"};
const std::vector<const char*> no_decay{"-1e-9", "-1", "nan", "inf", "1e400", "", "0.1x", "1,5"};
const std::vector<const char*> no_fraction{"0", "1", "-0.1", "1.1", "nan", "", "half"};
const std::vector<const char*> not_above_zero{"0", "-1", "nan", "inf", "1e-400", ""};

template <class Options>
void check_refused(const std::vector<Refused>& table, const Words& needed = {}) {
    for (const Refused& row : table) {
        for (const char* value : row.values) {
            Words words = needed;
            words.insert(words.end(), {std::string("--") + row.option, value});
            const std::string text = complaint<Options>(words);
            INFO(row.option << " " << value);
            CHECK(text ==
                  std::string("--") + row.option + ": expected " + row.expected + ", found \"" + value + '"');
        }
    }
}

constexpr const char* count = "a whole number of at least 1";
constexpr const char* units = "a whole number from 1 to 1000000000";
constexpr const char* threads = "a whole number from 1 to 1024";
constexpr const char* not_negative = "a number of at least 0";
constexpr const char* positive = "a number above 0";
constexpr const char* fraction = "a number above 0 and below 1";
constexpr const char* seed = "a whole number from 0 to 18446744073709551615";
constexpr const char* path = "a path, not empty and without control characters";

}  // namespace

TEST_CASE("train refuses what is out of range") {
    check_refused<TrainOptions>({{"train-count", no_count, count},
                                 {"test-count", no_count, count},
                                 {"hidden", no_count, units},
                                 {"hidden", {"1000000001"}, units},
                                 {"lambda", no_decay, not_negative},
                                 {"rho", no_fraction, fraction},
                                 {"beta", no_decay, not_negative},
                                 {"max-iterations", no_count, count},
                                 {"history", {"0", "1001", "-1", "ten"}, "a whole number from 1 to 1000"},
                                 {"gradient-tolerance", no_decay, not_negative},
                                 {"cost-tolerance", no_decay, not_negative},
                                 {"seed", {"-1", "1.5", "18446744073709551616"}, seed},
                                 {"digits-seed", {"-1", "x"}, seed},
                                 {"threads", {"0", "1025", "-2"}, threads},
                                 {"checkpoint-every", no_count, count},
                                 {"precision", {"half", "", "Double"}, "\"double\" or \"single\""},
                                 {"data", {""}, path},
                                 {"train", {""}, path},
                                 {"test", {""}, path},
                                 {"init", {""}, path},
                                 {"output", {""}, path}});
}

TEST_CASE("check-gradient refuses what is out of range") {
    check_refused<CheckGradientOptions>({{"train-count", no_count, count},
                                         {"hidden", no_count, units},
                                         {"lambda", no_decay, not_negative},
                                         {"rho", no_fraction, fraction},
                                         {"beta", not_above_zero, positive},
                                         {"epsilon", not_above_zero, positive},
                                         {"plain-tolerance", not_above_zero, positive},
                                         {"sparse-tolerance", not_above_zero, positive},
                                         {"seed", {"-1"}, seed},
                                         {"threads", {"0"}, threads}});
}

TEST_CASE("evaluate refuses what is out of range") {
    check_refused<EvaluateOptions>({{"train-count", no_count, count},
                                    {"lambda", no_decay, not_negative},
                                    {"rho", no_fraction, fraction},
                                    {"beta", no_decay, not_negative},
                                    {"threads", {"0"}, threads},
                                    {"gradient", {""}, path}},
                                   {"--model", "m"});
    CHECK_THAT(complaint<EvaluateOptions>({}), ContainsSubstring("--model FILE is missing"));
}

TEST_CASE("show refuses what is out of range") {
    const char* pictures = "a whole number from 1 to 100000";
    check_refused<ShowOptions>({{"first",
                                 {"0", "10,", ",10", "10 50", "", "100001"},
                                 "a list with commas, each a whole number from 1 to 100000"},
                                {"test-first", no_count, pictures},
                                {"output", {""}, path}});
}

TEST_CASE("the ends of a range are taken") {
    CHECK(parsed<TrainOptions>({"--hidden", "1"}).hidden == 1);
    CHECK(parsed<TrainOptions>({"--beta", "0"}).hyperparameters.beta == 0);
    CHECK(parsed<TrainOptions>({"--lambda", "0"}).hyperparameters.lambda == 0);
    CHECK(parsed<TrainOptions>({"--rho", "1e-300"}).hyperparameters.rho == 1e-300);
    CHECK(parsed<TrainOptions>({"--train-count", "1"}).train_count == 1);
    CHECK(parsed<TrainOptions>({"--history", "1000"}).optimiser.history == 1000);
}

TEST_CASE("data come from one place") {
    CHECK_THAT(complaint<TrainOptions>({"--data", "d", "--train", "f"}),
               ContainsSubstring("--data: cannot be given together with --train"));
    CHECK_THAT(complaint<ShowOptions>({"--data", "d", "--test", "f"}),
               ContainsSubstring("--data: cannot be given together with --test"));
    CHECK_THAT(complaint<TrainOptions>({"--test", "f"}),
               ContainsSubstring("--test: makes sense only with --train"));
    CHECK(parsed<TrainOptions>({}).source.built_in());
    CHECK_FALSE(parsed<TrainOptions>({"--data", "d"}).source.built_in());
    CHECK_FALSE(parsed<TrainOptions>({"--train", "f"}).source.built_in());
}

TEST_CASE("--resume and --overwrite exclude each other") {
    CHECK_THAT(complaint<TrainOptions>({"--resume", "--overwrite"}),
               ContainsSubstring("--resume: cannot be given together with --overwrite"));
}

TEST_CASE("every setting of a training reads back from its INI file") {
    const TrainOptions defaults;
    CHECK(again(defaults) == defaults);
    Words words = split(
        "--train a --test b --train-count 12 --test-count 13 --digits-seed 4 --hidden 5 --lambda 0.1 --rho "
        "0.3 "
        "--beta 0 --seed 9 --max-iterations 7 --history 6 --cost-tolerance 0.1 --init m --precision single "
        "--gradient-tolerance 1e-9 --threads 2 --checkpoint-every 3 --quiet --output");
    words.push_back("a = #b");
    const auto options = parsed<TrainOptions>(words);
    CHECK(again(options) == options);
    const TrainOptions other = parsed<TrainOptions>({"--data", "mnist"});
    CHECK(again(other) == other);
}

TEST_CASE("overwriting is no setting of a run") {
    const auto options = parsed<TrainOptions>({"--overwrite"});
    CHECK(options.overwrite);
    CHECK(again(options) == TrainOptions{});
    CHECK(again(parsed<TrainOptions>({"--resume"})) == TrainOptions{});
    const auto encode = parsed<EncodeOptions>({"--model", "m", "--overwrite"});
    CHECK(encode.overwrite);
    CHECK_FALSE(again(encode).overwrite);
}

TEST_CASE("the settings of the other commands read back") {
    const auto check = parsed<CheckGradientOptions>({"--hidden", "3", "--epsilon", "1e-5", "--data", "d"});
    CHECK(again(check) == check);
    const auto evaluate = parsed<EvaluateOptions>({"--model", "m", "--rho", "0.2", "--gradient", "g"});
    CHECK(again(evaluate) == evaluate);
    const auto show = parsed<ShowOptions>({"--first", "4,5", "--test-first", "6"});
    CHECK(again(show) == show);
}

TEST_CASE("options of encode, reconstruct and info arrive and survive an INI file") {
    const auto encode =
        parsed<EncodeOptions>({"--model", "m", "--data", "d", "--train-count", "7", "--output", "a.npy",
                               "--test-output", "b.npy", "--test-count", "8", "--threads", "3"});
    CHECK(encode.model == "m");
    CHECK(encode.source.data == "d");
    CHECK(encode.train_count == 7);
    CHECK(encode.test_count == 8);
    CHECK(encode.threads == 3);
    CHECK(encode.output == "a.npy");
    CHECK(encode.test_output == "b.npy");
    CHECK(again(encode) == encode);

    const auto reconstruct = parsed<ReconstructOptions>({"--model", "m", "--images", "i", "--shown", "0"});
    CHECK(reconstruct.images == "i");
    CHECK(reconstruct.output == "reconstructions.npy");
    CHECK(reconstruct.shown == 0);
    CHECK(again(reconstruct) == reconstruct);

    const auto info = parsed<InfoOptions>({"--file", "f", "--json"});
    CHECK(info.file == "f");
    CHECK(info.json);
    CHECK(again(info) == info);
}

TEST_CASE("the help of each command names its options, their defaults and examples") {
    const std::string help = help_of<TrainOptions>();
    for (const char* option : {"--data DIR",
                               "--train FILE",
                               "--test FILE",
                               "--digits-seed N",
                               "--train-count N",
                               "--test-count N",
                               "--hidden N",
                               "--lambda X",
                               "--rho X",
                               "--beta X",
                               "--max-iterations N",
                               "--history N",
                               "--gradient-tolerance X",
                               "--cost-tolerance X",
                               "--seed N",
                               "--init MODEL",
                               "--precision double|single",
                               "--threads N",
                               "--output DIR",
                               "--overwrite",
                               "--resume",
                               "--checkpoint-every N",
                               "--quiet",
                               "--config FILE",
                               "--help",
                               "(default: sae-run)",
                               "(default: 400)",
                               "Examples:"}) {
        INFO(option);
        CHECK_THAT(help, ContainsSubstring(option));
    }
    CHECK_THAT(help_of<EvaluateOptions>(),
               ContainsSubstring("(needed)") && ContainsSubstring("(default: the model's, else 0.05)"));
    CHECK_THAT(help_of<CheckGradientOptions>(),
               ContainsSubstring("(default: 1e-08)") && ContainsSubstring("Exit status 1"));
    CHECK_THAT(help_of<ShowOptions>(), ContainsSubstring("(default: 10,50,100)"));
}
