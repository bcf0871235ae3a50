#include "sae/data/model_file.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "catch.hpp"
#include "faulty_file_system.hpp"
#include "sae/core/error.hpp"
#include "sae/data/safetensors.hpp"
#include "safetensors_text.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

constexpr Shape kShape{3, 2, 4};

std::vector<double> example_theta(const Shape& shape) {
    std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = std::sin(static_cast<double>(i) + 0.1) / 3;
    return theta;
}

/// A file with F64 tensors W1, W2, b1, b2 of these shapes, filled with `value`.
std::string model_text(const std::vector<std::pair<std::string, std::vector<Index>>>& tensors,
                       double value = 0.5) {
    std::string header = "{";
    Index offset = 0;
    for (const auto& [name, shape] : tensors) {
        const Index count = std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
        header += (header.size() == 1 ? "" : ",") +
                  tensor_entry(name, "F64", to_text(shape), static_cast<std::uint64_t>(offset),
                               static_cast<std::uint64_t>(offset + 8 * count));
        offset += 8 * count;
    }
    return safetensors_text(header + "}",
                            bytes_of(std::vector<double>(static_cast<std::size_t>(offset / 8), value)));
}

}  // namespace

TEST_CASE("a model is read back bit for bit, with its metadata") {
    TemporaryDirectory directory;
    const std::vector<double> theta = example_theta(kShape);
    write_model(directory / "m", kShape, theta, {{"k", "v"}});
    const Model model = read_model(directory / "m");
    CHECK(model.shape == kShape);
    CHECK(bytes_of(model.theta) == bytes_of(theta));
    CHECK(model.metadata == Metadata{{"k", "v"}});
    CHECK(SafetensorsReader(directory / "m").tensor("W2").shape == std::vector<Index>{4, 2});
}

TEST_CASE("the same model gives the same bytes, wherever it is written") {
    TemporaryDirectory directory;
    const std::vector<double> theta = example_theta(kShape);
    write_model(directory / "m", kShape, theta, {{"k", "v"}});
    write_model(directory / "n", kShape, theta, {{"k", "v"}});
    CHECK(read_text(directory / "m") == read_text(directory / "n"));
}

TEST_CASE(
    "a failure or a crash at any step of a save leaves the old model or the new one, and names the file") {
    const std::vector<double> old_theta(static_cast<std::size_t>(kShape.size()), 0.25);
    const std::vector<double> new_theta = example_theta(kShape);
    for (const int error : {ENOSPC, EIO}) {
        for (const Fault fault : {Fault::fail, Fault::write_half, Fault::crash}) {
            int struck = 0;
            for (int step = 0; step < 30; ++step) {
                TemporaryDirectory directory;
                const std::string path = directory / "model.safetensors";
                write_model(path, kShape, old_theta, {});
                FaultyFileSystem faulty(fault, step, error);
                const std::string message =
                    message_of<Error>([&] { write_model(path, kShape, new_theta, {}, faulty); });
                struck += faulty.struck() ? 1 : 0;
                INFO("step " << step << ": " << message);
                CHECK((faulty.struck() ? message.find("cannot write " + path + ": ") == 0 : message.empty()));
                const bool renamed =
                    !faulty.struck() || (fault != Fault::write_half &&
                                         faulty.calls()[static_cast<std::size_t>(step)] == "sync_directory");
                CHECK(read_model(path).theta == (renamed ? new_theta : old_theta));
            }
            // create, the header and its length and four tensors, sync, close, rename, sync_directory.
            CHECK(struck == (fault == Fault::write_half ? 6 : 11));
        }
    }
}

TEST_CASE("the hash of the parameters is the hash of the data in the file") {
    TemporaryDirectory directory;
    const std::vector<double> theta = example_theta(kShape);
    write_model(directory / "m", kShape, theta, {});
    const std::string text = read_text(directory / "m");
    const std::string data = text.substr(text.size() - theta.size() * 8);
    CHECK(parameters_sha256(kShape, theta) == hex(sha256(std::as_bytes(std::span(data)))));
    CHECK_THROWS_AS(parameters_sha256({3, 2, 3}, theta), std::logic_error);
}

TEST_CASE("a file of another program: F32, another order, another tensor, no metadata") {
    TemporaryDirectory directory;
    const std::vector<float> b2 = {1, 2}, w1 = {0.1F, 3}, w2 = {4, 5}, b1 = {6};
    write_text(directory / "m", safetensors_text("{" + tensor_entry("b1", "F32", "[1]", 32, 36) + "," +
                                                     tensor_entry("b2", "F32", "[2]", 0, 8) + "," +
                                                     tensor_entry("step", "I64", "[1]", 24, 32) + "," +
                                                     tensor_entry("W1", "F32", "[1,2]", 8, 16) + "," +
                                                     tensor_entry("W2", "F32", "[2,1]", 16, 24) + "}",
                                                 bytes_of(b2) + bytes_of(w1) + bytes_of(w2) +
                                                     std::string(8, '\1') + bytes_of(b1)));
    const Model model = read_model(directory / "m");
    CHECK(model.shape == Shape{2, 1, 2});
    CHECK(model.theta == std::vector<double>{static_cast<double>(0.1F), 3, 4, 5, 6, 1, 2});
    CHECK(model.metadata.empty());
}

TEST_CASE("NaN and infinity are refused with tensor and index, in reading and in writing") {
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();
    struct Case {
        Index index;
        double value;
        std::string expected;
    };
    const std::vector<Case> cases = {{0, nan, "W1[0, 0] is nan"},
                                     {5, infinity, "W1[1, 2] is inf"},
                                     {6 + 3, -infinity, "W2[1, 1] is -inf"},
                                     {kShape.b1() + 1, nan, "b1[1] is nan"},
                                     {kShape.b2() + 3, nan, "b2[3] is nan"}};
    for (const Case& c : cases) {
        TemporaryDirectory directory;
        const std::string path = directory / "m";
        std::vector<double> theta = example_theta(kShape);
        theta[static_cast<std::size_t>(c.index)] = c.value;
        CHECK(message_of<Error>([&] { write_model(path, kShape, theta, {}); }) ==
              "cannot write " + path + ": " + c.expected + ", expected a finite number");
        CHECK(directory.names().empty());
        SafetensorsWriter file(path,
                               {{"W1", Dtype::f64, {2, 3}},
                                {"W2", Dtype::f64, {4, 2}},
                                {"b1", Dtype::f64, {2}},
                                {"b2", Dtype::f64, {4}}},
                               {});
        for (const double x : theta) file.append(std::span(&x, 1));
        file.commit();
        CHECK(message_of<Error>([&] { (void)read_model(path); }) ==
              "cannot read " + path + ": " + c.expected + ", expected a finite number");
    }
}

TEST_CASE("models whose tensors are missing or do not fit each other are refused") {
    const std::vector<Malformed> table = {
        {"no tensors", safetensors_text("{}", ""), "it has no tensor \"W1\"; it has none"},
        {"no W1", model_text({{"W2", {3, 2}}, {"b1", {2}}, {"b2", {3}}}), "no tensor \"W1\"; it has \"W2\""},
        {"no W2", model_text({{"W1", {2, 3}}, {"b1", {2}}, {"b2", {3}}}), "no tensor \"W2\""},
        {"no b1", model_text({{"W1", {2, 3}}, {"W2", {3, 2}}, {"b2", {3}}}), "no tensor \"b1\""},
        {"no b2", model_text({{"W1", {2, 3}}, {"W2", {3, 2}}, {"b1", {2}}}), "no tensor \"b2\""},
        {"names in lower case", model_text({{"w1", {2, 3}}, {"w2", {3, 2}}}),
         "no tensor \"W1\"; it has \"w1\""},
        {"W1 is flat", model_text({{"W1", {6}}, {"W2", {3, 2}}, {"b1", {2}}, {"b2", {3}}}),
         "\"W1\" has the shape [6], expected a matrix"},
        {"W1 of three dimensions", model_text({{"W1", {2, 3, 1}}, {"W2", {3, 2}}, {"b1", {2}}, {"b2", {3}}}),
         "\"W1\" has the shape [2, 3, 1]"},
        {"W1 without rows", model_text({{"W1", {0, 3}}, {"W2", {3, 2}}, {"b1", {2}}, {"b2", {3}}}),
         "\"W1\" has the shape [0, 3], expected a matrix that is not empty"},
        {"W2 without rows", model_text({{"W1", {2, 3}}, {"W2", {0, 2}}, {"b1", {2}}, {"b2", {3}}}),
         "\"W2\" has the shape [0, 2]"},
        {"W2 not turned", model_text({{"W1", {2, 3}}, {"W2", {2, 3}}, {"b1", {2}}, {"b2", {3}}}),
         "W1 has the shape [2, 3] and W2 [2, 3], expected"},
        {"b1 too short", model_text({{"W1", {2, 3}}, {"W2", {3, 2}}, {"b1", {1}}, {"b2", {3}}}),
         "\"b1\" has the shape [1], expected [2]"},
        {"b1 as a column", model_text({{"W1", {2, 3}}, {"W2", {3, 2}}, {"b1", {2, 1}}, {"b2", {3}}}),
         "\"b1\" has the shape [2, 1], expected [2]"},
        {"b2 too long", model_text({{"W1", {2, 3}}, {"W2", {3, 2}}, {"b1", {2}}, {"b2", {4}}}),
         "\"b2\" has the shape [4], expected [3]"},
        {"integers",
         safetensors_text("{" + tensor_entry("W1", "I64", "[1,1]", 0, 8) + "," +
                              tensor_entry("W2", "F32", "[1,1]", 8, 12) + "," +
                              tensor_entry("b1", "F32", "[1]", 12, 16) + "," +
                              tensor_entry("b2", "F32", "[1]", 16, 20) + "}",
                          std::string(20, '\0')),
         "\"W1\" holds I64, expected F64 or F32"},
        {"an IDX file", std::string("\0\0\x08\x03\0\0\0\x01\0\0\0\x1c\0\0\0\x1c", 16), "by its length field"},
    };
    for (const Malformed& malformed : table) {
        TemporaryDirectory directory;
        const std::string path = directory / "m";
        write_text(path, malformed.content);
        const std::string message = message_of<Error>([&] { (void)read_model(path); });
        INFO(malformed.what << ": " << message);
        CHECK(message.find("cannot read " + path + ": ") == 0);
        CHECK(message.find(malformed.expected) != std::string::npos);
    }
}

TEST_CASE("a model of 8 TiB, in a sparse file, is refused") {
    TemporaryDirectory directory;
    const std::string path = directory / "m";
    constexpr std::uint64_t matrix = std::uint64_t{1} << 42, vector = std::uint64_t{8} << 20;
    const std::string header = safetensors_text(
        "{" + tensor_entry("W1", "F64", "[1048576,524288]", 0, matrix) + "," +
            tensor_entry("W2", "F64", "[524288,1048576]", matrix, 2 * matrix) + "," +
            tensor_entry("b1", "F64", "[1048576]", 2 * matrix, 2 * matrix + vector) + "," +
            tensor_entry("b2", "F64", "[524288]", 2 * matrix + vector, 2 * matrix + vector + vector / 2) +
            "}",
        "");
    write_text(path, header);
    std::error_code problem;
    std::filesystem::resize_file(path, header.size() + 2 * matrix + vector + vector / 2, problem);
    if (problem) {
        WARN("skipped: no file of 8 TiB here: " << problem.message());
        return;
    }
    CHECK(message_of<Error>([&] { (void)read_model(path); }) ==
          "cannot read " + path +
              ": W1 has the shape [1048576, 524288] and W2 [524288, 1048576], more numbers than this machine "
              "has memory for");
}

TEST_CASE("hyperparameters survive as text, to the last bit") {
    const Hyperparameters hyperparameters{0.1 + 0.2, 1.0 / 3, 1e-17};
    Metadata metadata;
    put_hyperparameters(metadata, hyperparameters);
    CHECK(metadata ==
          Metadata{{"lambda", "0.30000000000000004"}, {"rho", "0.3333333333333333"}, {"beta", "1e-17"}});
    CHECK(find_hyperparameters(metadata, {}, "m") == hyperparameters);
    const Hyperparameters defaults{1, 0.5, 2};
    CHECK(find_hyperparameters({}, defaults, "m") == defaults);
}

TEST_CASE("whole numbers survive as text") {
    Metadata metadata;
    put_number(metadata, "seed", std::numeric_limits<std::uint64_t>::max());
    put_number(metadata, "train_count", Index{-5});
    CHECK(find_number<std::uint64_t>(metadata, "seed", "m") == std::numeric_limits<std::uint64_t>::max());
    CHECK(find_number<Index>(metadata, "train_count", "m") == Index{-5});
    CHECK_FALSE(find_number<Index>(metadata, "missing", "m").has_value());
    CHECK_THROWS_AS(find_number<Index>(metadata, "seed", "m"), Error);
    CHECK_THROWS_AS(find_number<std::uint64_t>(metadata, "train_count", "m"), Error);
}

TEST_CASE("metadata that is not a number or out of range is refused with name and value") {
    const std::vector<std::pair<Metadata, std::string>> table = {
        {{{"lambda", "much"}}, "lambda = \"much\", expected a number"},
        {{{"lambda", ""}}, "lambda = \"\", expected a number"},
        {{{"lambda", "1x"}}, "lambda = \"1x\", expected a number"},
        {{{"lambda", " 1"}}, "lambda = \" 1\", expected a number"},
        {{{"lambda", "1e999"}}, "lambda = \"1e999\", expected a number"},
        {{{"lambda", "-1"}}, "lambda = -1, expected a number from 0 on"},
        {{{"lambda", "nan"}}, "lambda = nan, expected a number from 0 on"},
        {{{"lambda", "inf"}}, "lambda = inf, expected a number from 0 on"},
        {{{"rho", "0"}}, "rho = 0, expected a number between 0 and 1"},
        {{{"rho", "1"}}, "rho = 1, expected a number between 0 and 1"},
        {{{"rho", "nan"}}, "rho = nan, expected a number between 0 and 1"},
        {{{"beta", "-0.5"}}, "beta = -0.5, expected a number from 0 on"}};
    for (const auto& [metadata, expected] : table) {
        CHECK(message_of<Error>([&, &m = metadata] { (void)find_hyperparameters(m, {}, "a/m"); }) ==
              "cannot read a/m: its metadata has " + expected);
    }
}
