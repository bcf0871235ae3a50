#include <filesystem>
#include <fstream>
#include <sstream>

#include "option_words.hpp"
#include "sae/core/shape.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/model_file.hpp"
#include "sweep_group.hpp"
#include "sweep_groups.hpp"
#include "sweep_progress.hpp"
#include "sweep_result.hpp"
#include "sweep_settings.hpp"

using namespace sae;
using sae::test::again;
using sae::test::ContainsSubstring;
using sae::test::message_of;
using sae::test::Words;
namespace fs = std::filesystem;

namespace {

SweepOptions parsed(const Words& words) {
    return test::parsed<SweepOptions>(words);
}

Words names(const Words& words, Index all_images = 1000) {
    Words names;
    for (const SweepSetting& setting : sweep_settings(parsed(words), all_images))
        names.push_back(name_of(setting));
    return names;
}

/// What words or the settings that they make are refused for.
std::string complaint(const Words& words) {
    return message_of<UsageError>([&] {
        SweepOptions options;
        (void)table_of(options).parse(words);
        (void)sweep_settings(options, 1000);
    });
}

const Shape model_shape = autoencoder(2, 1);
const std::vector<double> model_theta{1, 2, 3, 4, 5, 6, 7};

SettingResult some_result() {
    SettingResult result;
    result.row.hidden = 50;
    result.row.train_count = 100;
    result.row.hyperparameters = {1e-4, 0.01, 0.1};
    result.row.status = LbfgsStatus::max_iterations;
    result.row.iterations = 400;
    result.row.evaluations = 412;
    result.row.retries = 1;
    result.row.cost = {1.0 / 3, 0.1, 1e-300};
    result.row.train_error = 0.125;
    result.row.mean_activations = {0.01, 2.0 / 3};
    result.row.seconds = 2.5;
    result.row.model_sha256 = parameters_sha256(model_shape, model_theta);
    result.seed = 18446744073709551615u;
    result.identity = {{"max-iterations", "400"}, {"seed", "7"}};
    return result;
}

/// A run directory with a model, that lives as long as the object.
struct Directory {
    Directory() {
        fs::create_directories(path);
        write_model(model, model_shape, model_theta, {});
    }
    ~Directory() { fs::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    const std::string path = "sweep_test_run";
    const std::string model = path + "/model.safetensors";
};

}  // namespace

TEST_CASE("lists of settings are combined in their order") {
    CHECK(names({"--hidden", "10,50", "--train-count", "100,1000", "--beta", "0.5", "--rho", "0.05,0.01"}) ==
          Words{"hidden-10-images-100-beta-0.5-rho-0.05", "hidden-10-images-100-beta-0.5-rho-0.01",
                "hidden-10-images-1000-beta-0.5-rho-0.05", "hidden-10-images-1000-beta-0.5-rho-0.01",
                "hidden-50-images-100-beta-0.5-rho-0.05", "hidden-50-images-100-beta-0.5-rho-0.01",
                "hidden-50-images-1000-beta-0.5-rho-0.05", "hidden-50-images-1000-beta-0.5-rho-0.01"});
}

TEST_CASE("without lists a sweep is the training that train does by default") {
    const SweepOptions options = parsed({});
    const std::vector<SweepSetting> settings = sweep_settings(options, 77);
    REQUIRE(settings.size() == 1);
    CHECK(name_of(settings[0]) == "hidden-100-images-77-beta-3-rho-0.1");
    TrainOptions expected;
    expected.train_count = 77;
    expected.output = "sae-sweep/hidden-100-images-77-beta-3-rho-0.1";
    CHECK(train_options(options, settings[0]) == expected);
}

TEST_CASE("rho makes no difference where beta is 0") {
    CHECK(names({"--beta", "0,1", "--rho", "0.05,0.01,0.05", "--train-count", "9"}) ==
          Words{"hidden-100-images-9-plain", "hidden-100-images-9-beta-1-rho-0.05",
                "hidden-100-images-9-beta-1-rho-0.01"});
    const auto plain = sweep_settings(parsed({"--beta", "0", "--rho", "0.3"}), 9);
    CHECK(plain.at(0).hyperparameters.rho == TrainOptions{}.hyperparameters.rho);
}

TEST_CASE("beta and rho can be tied to the hidden units") {
    CHECK(names({"--hidden", "10,50", "--train-count", "9", "--beta", "0,10:0.2,50:0.1", "--rho",
                 "50:0.01,0.05"}) == Words{"hidden-10-images-9-plain", "hidden-10-images-9-beta-0.2-rho-0.05",
                                           "hidden-50-images-9-plain", "hidden-50-images-9-beta-0.1-rho-0.01",
                                           "hidden-50-images-9-beta-0.1-rho-0.05"});
    CHECK_THAT(complaint({"--hidden", "10,50", "--beta", "10:0.2"}),
               ContainsSubstring("--beta: has no value for 50 hidden units"));
    CHECK_THAT(complaint({"--hidden", "10", "--rho", "0.1,20:0.2"}),
               ContainsSubstring("--rho: 20:0.2 is for a hidden size that --hidden does not list"));
    for (const char* value : {"", "10:", ":1", "0:1", "10:1:1", "1,", "x:1", "10:-1", "1.5:1", "10 : 1"}) {
        INFO(value);
        CHECK_THAT(complaint({"--beta", value}),
                   ContainsSubstring("--beta: expected a list with commas, each X or H:X"));
    }
    CHECK_THAT(complaint({"--rho", "0.1,10:1"}), ContainsSubstring("--rho: expected a list with commas"));
}

TEST_CASE("the study is the seventeen settings") {
    const std::vector<SweepSetting> settings = sweep_settings(parsed({"--study"}), 60000);
    std::vector<SweepSetting> expected;
    const double rho = TrainOptions{}.hyperparameters.rho;
    for (const Index images : {100, 1000}) {
        for (const Index hidden : {10, 50, 100, 250}) expected.push_back({hidden, images, {1e-4, rho, 0}});
    }
    const std::vector<std::pair<Index, double>> sparse{{10, 0.2}, {50, 0.1}, {100, 0.01}};
    for (const auto& [hidden, beta] : sparse) {
        for (const double wanted : {0.05, 0.01, 0.005})
            expected.push_back({hidden, 100, {1e-4, wanted, beta}});
    }
    CHECK(settings == expected);
    CHECK(settings.size() == 17);
    CHECK(parsed({"--study"}).optimiser.max_iterations == 400);
    CHECK(sweep_settings(parsed({"--study", "--lambda", "1"}), 9).at(3).hyperparameters.lambda == 1);
    CHECK_THAT(complaint({"--study", "--hidden", "5"}), ContainsSubstring("cannot be given together"));
}

TEST_CASE("the queue has the longest first, equal ones in their order") {
    const SweepWork study{sweep_settings(parsed({"--study"}), 60000), 784, 400};
    const std::vector<Index> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    CHECK(longest_first(study, all) ==
          std::vector<Index>{7, 6, 3, 5, 2, 14, 15, 16, 4, 1, 11, 12, 13, 0, 8, 9, 10});
    CHECK(longest_first(study, {0, 7}) == std::vector<Index>{7, 0});
}

TEST_CASE("a sweep's settings read back from its INI file") {
    for (const Words& words :
         {Words{"--study", "--data", "d"},
          Words{"--hidden", "1,2", "--beta", "0,2:0.5", "--rho", "0.1", "--retries", "0", "--groups", "3"}}) {
        const SweepOptions options = parsed(words);
        CHECK(again(options) == options);
    }
}

TEST_CASE("a line search that fails in the first half is worth another start") {
    CHECK(failed_early(LbfgsStatus::line_search_failed, 199, 400));
    CHECK_FALSE(failed_early(LbfgsStatus::line_search_failed, 200, 400));
    CHECK_FALSE(failed_early(LbfgsStatus::converged, 3, 400));
}

TEST_CASE("a result reads back as it was written") {
    const Directory directory;
    CHECK_FALSE(read_result(directory.path));
    const SettingResult result = some_result();
    write_result(directory.path, result);
    const std::optional<SettingResult> back = read_result(directory.path);
    REQUIRE(back);
    CHECK(back->row.hidden == 50);
    CHECK(back->row.hyperparameters == result.row.hyperparameters);
    CHECK(back->row.status == LbfgsStatus::max_iterations);
    CHECK(back->row.retries == 1);
    CHECK(back->row.cost == result.row.cost);
    CHECK(back->row.train_error == result.row.train_error);
    CHECK_FALSE(back->row.test_error);
    CHECK(back->row.mean_activations == result.row.mean_activations);
    CHECK(back->seed == result.seed);
    CHECK(back->identity == result.identity);
}

TEST_CASE("what is no result, or has not its model, is refused by name") {
    const Directory directory;
    std::ofstream(result_path(directory.path)) << "{\"hidden\": \"many\"}";
    CHECK_THROWS_WITH(read_result(directory.path),
                      ContainsSubstring("sweep_test_run/result.json: is not the"));
    write_result(directory.path, some_result());
    std::vector<double> other = model_theta;
    other.back() = 8;
    write_model(directory.model, model_shape, other, {});
    CHECK_THROWS_WITH(
        read_result(directory.path),
        ContainsSubstring("model.safetensors: is not the model that sweep_test_run/result.json"));
    std::ofstream(directory.model) << "no model";
    CHECK_THROWS_WITH(read_result(directory.path),
                      ContainsSubstring("model.safetensors") &&
                          ContainsSubstring("remove the directory sweep_test_run, and --resume trains"));
    fs::remove(directory.model);
    CHECK_THROWS_WITH(read_result(directory.path), ContainsSubstring("model.safetensors is gone"));
}

TEST_CASE("a result is kept for the settings that it is of") {
    const SettingResult result = some_result();
    Metadata identity = result.identity;
    CHECK(is_result_of(result, identity, 2, "run"));
    identity["seed"] = "8";
    CHECK_THROWS_WITH(
        is_result_of(result, identity, 2, "run"),
        ContainsSubstring("run: holds a result of other settings: seed is \"7\" there and \"8\" here"));
}

TEST_CASE("a result is not kept where there is more to do than it was of") {
    SettingResult result = some_result();
    Metadata identity = result.identity;
    identity["max-iterations"] = "500";
    CHECK_FALSE(is_result_of(result, identity, 2, "run"));
    result.row.status = LbfgsStatus::converged;
    CHECK(is_result_of(result, identity, 2, "run"));
    identity["max-iterations"] = "399";
    CHECK_THROWS_WITH(is_result_of(result, identity, 2, "run"),
                      ContainsSubstring("max-iterations is \"400\" there and \"399\" here"));

    // Two starts failed early: a third is due if there may be two retries.
    result.row.status = LbfgsStatus::line_search_failed;
    result.row.iterations = 199;
    CHECK(is_result_of(result, result.identity, 1, "run"));
    CHECK_FALSE(is_result_of(result, result.identity, 2, "run"));
    result.row.iterations = 200;
    CHECK(is_result_of(result, result.identity, 2, "run"));
    identity["max-iterations"] = "402";
    CHECK_FALSE(is_result_of(result, identity, 2, "run"));
}

TEST_CASE("failed starts are counted, and their files removed") {
    const Directory directory;
    CHECK(failed_starts(directory.path, 7) == 0);
    std::ofstream(checkpoint_path(directory.path, 12)) << "checkpoint";
    write_result(directory.path, some_result());
    write_failed_starts(directory.path, 7, 2);
    CHECK_FALSE(fs::exists(directory.model));
    CHECK_FALSE(fs::exists(result_path(directory.path)));
    CHECK(list_checkpoints(directory.path).empty());
    CHECK(failed_starts(directory.path, 7) == 2);
    CHECK(failed_starts(directory.path, 8) == 0);
    std::ofstream(directory.path + "/failed-starts.json") << "{\"first_seed\": 7}";
    CHECK_THROWS_WITH(failed_starts(directory.path, 7),
                      ContainsSubstring("failed-starts.json: does not say how many"));
    forget_run(directory.path);
    CHECK(fs::is_empty(directory.path));
    forget_run("no such directory");
}

TEST_CASE("where the data lie is no part of what a result is of") {
    TrainOptions here;
    here.source.data = "mnist";
    TrainOptions there = here;
    there.source.data = "/scratch/mnist";
    there.output = "elsewhere";
    there.threads = 8;
    const ImagesIdentity images{10, 784, "h"}, others{10, 784, "other images"};
    const auto identity = [](const TrainOptions& options, const ImagesIdentity& of) {
        return run_identity(options, of, {});
    };
    CHECK(identity(here, images) == identity(there, images));
    CHECK(identity(here, images) != identity(there, others));
    there.hidden = 7;
    CHECK(identity(here, images) != identity(there, images));
    there = here;
    there.hyperparameters.lambda = 1;
    CHECK(identity(here, images) != identity(there, images));
}

namespace {

/// The identity of a result on `count` training images.
Metadata result_identity(const SourceOptions& source, std::optional<Index> test_count, Index count) {
    TrainOptions options;
    options.train_count = count;
    return DataIdentity(source, test_count).result_identity(options);
}

}  // namespace

TEST_CASE("a result is of its training and test images") {
    SourceOptions digits;
    const Metadata identity = result_identity(digits, 5, 20);
    CHECK(result_identity(digits, 5, 20) == identity);
    CHECK(identity.at("train-count") == "20");
    CHECK(identity.at("test-count") == "5");
    CHECK(result_identity(digits, 5, 21) != identity);
    CHECK(result_identity(digits, 6, 20) != identity);
    digits.digits_seed = 1;
    CHECK(result_identity(digits, 5, 20) != identity);
}

TEST_CASE("images that differ in one pixel of the last one are other images") {
    const auto write = [](unsigned char last) {
        std::ofstream file("sweep_test.idx", std::ios::binary);
        file << std::string("\0\0\x08\x03\0\0\x07\xd0\0\0\0\x02\0\0\0\x01", 16)
             << std::string(2 * 2000 - 1, '\x11') << last;
    };
    SourceOptions source;
    source.train = "sweep_test.idx";
    write(1);
    const Metadata all = result_identity(source, {}, 2000), some = result_identity(source, {}, 1999);
    write(2);
    CHECK(result_identity(source, {}, 2000) != all);
    CHECK(result_identity(source, {}, 1999) == some);
    fs::remove("sweep_test.idx");
}

TEST_CASE("images that were read already are not read again") {
    SourceOptions source;
    source.train = "no such file";
    TrainOptions options;
    options.train_count = 10;
    DataIdentity data(source, {});
    data.know({10, 4, "h"}, nullptr);
    CHECK(data.result_identity(options).at("images_sha256") == "h");
}

TEST_CASE("elsewhere than on a terminal a sweep has a line when a setting ends") {
    std::ostringstream stream;
    double now = 0;
    SweepProgress progress(stream, {}, {{"long", 3}, {"short", 1}, {"old", 4, true}}, 2, 100,
                           [&] { return now; });
    progress.started(0, 0);
    progress.started(1, 1);
    now = 10;
    progress.record(0, {50, 55, {1, 0, 0}, 0, 0, 0});
    CHECK(stream.str().empty());
    progress.remark(1, RemarkKind::end, "converged after 80 iterations");
    // 2.5 of 4 units of work in 10 s by two groups; the group that is left has 1.5 to do alone.
    CHECK(stream.str() ==
          "2/3 done, 1 running, 0 waiting, 12 s left: short: converged after 80 iterations\n");
    progress.remark(0, RemarkKind::note, "a remark");
    CHECK_THAT(stream.str(), ContainsSubstring("\nlong: a remark\n"));
    progress.remark(0, RemarkKind::end, "");
    progress.finish();
    CHECK_THAT(stream.str(), ContainsSubstring("\n3/3 done, 0 running, 0 waiting: long"));
    CHECK(progress.done() == 3);
}

TEST_CASE("on a terminal a sweep has a line for each group, rewritten") {
    std::ostringstream stream;
    double now = 0;
    SweepProgress progress(stream, {false, [] { return 40; }},
                           {{"first", 1}, {"a long name of a setting", 1}}, 2, 100, [&] { return now; });
    progress.started(0, 0);
    progress.started(1, 1);
    stream.str("");
    now = 1;
    progress.record(0, {25, 30, {1.5, 0, 0}, 0, 0, 0});
    CHECK(stream.str() ==
          "\x1b[3A\r0/2 done, 2 running, 0 waiting, 8 s lef\x1b[K\n"
          "  first                      25/100  co\x1b[K\n"
          "  a long name of a setting    0/100\x1b[K\n");
    stream.str("");
    progress.remark(1, RemarkKind::note, "a remark");
    CHECK_THAT(stream.str(), ContainsSubstring("\x1b[3A\r\x1b[Ja long name of a setting: a remark\n"));
    stream.str("");
    progress.finish();
    CHECK(stream.str() == "\x1b[3A\r\x1b[J0/2 done, 0 running, 2 waiting\x1b[K\n");
}

TEST_CASE("a quiet sweep shows nothing but warnings") {
    std::ostringstream stream;
    SweepProgress progress(stream, {true, [] { return 80; }}, {{"only", 1}}, 1, 100);
    progress.announce("a word");
    progress.started(0, 0);
    progress.remark(0, RemarkKind::note, "a remark");
    progress.remark(0, RemarkKind::warning, "a loss");
    progress.remark(0, RemarkKind::end, "over");
    progress.finish();
    CHECK(stream.str() == "only: warning: a loss\n");
}
