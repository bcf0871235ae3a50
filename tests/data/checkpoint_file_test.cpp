#include "sae/data/checkpoint_file.hpp"

#include "catch.hpp"
#include "faulty_file_system.hpp"
#include "sae/core/error.hpp"
#include "safetensors_text.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

void write_checkpoint(const std::string& path, FileSystem& file_system = posix_file_system(),
                      double value = 0.25) {
    CheckpointWriter file(path, {{"theta", Dtype::f64, {3}}, {"counters", Dtype::i64, {2}}},
                          {{"cost", "0.5"}, {"seed", "1"}}, file_system);
    file.append(std::vector{value, 2.0});
    file.append(std::vector{3.0});
    file.append(std::vector<std::int64_t>{4, 5});
    file.commit();
}

/// Opens and verifies, as a resumed run does.
void check(const std::string& path) {
    CheckpointReader(path).verify();
}

std::vector<std::string> paths(const std::vector<CheckpointEntry>& entries) {
    std::vector<std::string> found;
    for (const CheckpointEntry& entry : entries) found.push_back(entry.path);
    return found;
}

}  // namespace

TEST_CASE("a checkpoint is read back") {
    TemporaryDirectory directory;
    write_checkpoint(directory / "c");
    const CheckpointReader checkpoint(directory / "c");
    checkpoint.verify();
    CHECK(checkpoint.metadata().at("cost") == "0.5");
    std::vector<double> theta(3);
    checkpoint.tensors().read(checkpoint.tensors().tensor("theta", {3}), theta);
    CHECK(theta == std::vector{0.25, 2.0, 3.0});
    std::vector<std::int64_t> counters(1);
    checkpoint.tensors().read(checkpoint.tensors().tensor("counters"), counters, 1);
    CHECK(counters[0] == 5);
}

TEST_CASE("a checkpoint larger than the reader's pieces is verified to its last byte") {
    TemporaryDirectory directory;
    const std::string path = directory / "c";
    const std::vector<double> numbers(300'000, 0.1);
    CheckpointWriter file(path, {{"theta", Dtype::f64, {300'000}}}, {});
    file.append(numbers);
    file.commit();
    CHECK_NOTHROW(check(path));
    std::string text = read_text(path);
    for (const std::size_t position : {text.size() - 33, text.size() / 2, text.size() - 1}) {
        std::string damaged = text;
        damaged[position] = static_cast<char>(damaged[position] ^ 1);
        write_text(path, damaged);
        CHECK(message_of<Error>([&] { check(path); }).find("is damaged: its SHA-256 is ") !=
              std::string::npos);
    }
}

TEST_CASE("any changed bit of a checkpoint is found") {
    TemporaryDirectory directory;
    const std::string path = directory / "c";
    write_checkpoint(path);
    const std::string text = read_text(path);
    REQUIRE(text.size() > 300);
    std::vector<std::size_t> missed;
    for (std::size_t position = 0; position < text.size(); ++position) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = text;
            damaged[position] = static_cast<char>(damaged[position] ^ (1 << bit));
            write_text(path, damaged);
            const std::string message = message_of<Error>([&] { check(path); });
            if (message.find(path) == std::string::npos) missed.push_back(position);
        }
    }
    CHECK(missed.empty());
}

TEST_CASE("a checkpoint that is cut at any byte or has a byte too many is found") {
    TemporaryDirectory directory;
    const std::string path = directory / "c";
    write_checkpoint(path);
    const std::string text = read_text(path);
    std::vector<std::size_t> missed;
    for (std::size_t size = 0; size <= text.size() + 1; ++size) {
        write_text(path, size <= text.size() ? text.substr(0, size) : text + "x");
        const bool refused = !message_of<Error>([&] { check(path); }).empty();
        if (refused == (size == text.size())) missed.push_back(size);
    }
    CHECK(missed.empty());
}

TEST_CASE("a file that is not a checkpoint is refused") {
    const std::string format = R"({"__metadata__":{"format":"sae-mpi checkpoint 1"},)";
    const std::string hash(32, '\0');
    const std::vector<Malformed> table = {
        {"no format", safetensors_text("{" + tensor_entry("sha256", "U8", "[32]", 0, 32) + "}", hash),
         "its metadata has no format, expected \"sae-mpi checkpoint 1\""},
        {"another format",
         safetensors_text(R"({"__metadata__":{"format":"sae-mpi checkpoint 2"},)" +
                              tensor_entry("sha256", "U8", "[32]", 0, 32) + "}",
                          hash),
         "has the format \"sae-mpi checkpoint 2\", expected \"sae-mpi checkpoint 1\""},
        {"no checksum", safetensors_text(format + tensor_entry("x", "U8", "[32]", 0, 32) + "}", hash),
         "expected a tensor \"sha256\" of 32 U8 at its end"},
        {"a short checksum",
         safetensors_text(format + tensor_entry("sha256", "U8", "[31]", 0, 31) + "}", hash.substr(1)),
         "expected a tensor \"sha256\""},
        {"a checksum of another type",
         safetensors_text(format + tensor_entry("sha256", "F64", "[4]", 0, 32) + "}", hash),
         "expected a tensor \"sha256\""},
        {"a checksum before the end",
         safetensors_text(format + tensor_entry("sha256", "U8", "[32]", 0, 32) + "," +
                              tensor_entry("x", "U8", "[1]", 32, 33) + "}",
                          hash + "x"),
         "expected a tensor \"sha256\""},
        {"a wrong checksum",
         safetensors_text(format + tensor_entry("sha256", "U8", "[32]", 0, 32) + "}", hash),
         "is damaged: its SHA-256 is "},
        {"an empty file", "", "not a valid safetensors file"},
    };
    for (const Malformed& malformed : table) {
        TemporaryDirectory directory;
        const std::string path = directory / "c";
        write_text(path, malformed.content);
        const std::string message = message_of<Error>([&] { check(path); });
        INFO(malformed.what << ": " << message);
        CHECK(message.find(path) != std::string::npos);
        CHECK(message.find(malformed.expected) != std::string::npos);
    }
}

TEST_CASE("a failure or a crash at any step of a save leaves the old checkpoint readable") {
    constexpr int kCalls = 11;
    for (const Fault fault : {Fault::fail, Fault::write_half, Fault::crash}) {
        for (int step = 0; step <= kCalls; ++step) {
            TemporaryDirectory directory;
            const std::string path = checkpoint_path(directory.path(), 7);
            write_checkpoint(path);
            FaultyFileSystem faulty(fault, step, ENOSPC);
            const std::string message = message_of<Error>([&] { write_checkpoint(path, faulty, 0.75); });
            INFO("step " << step << ": " << message);
            const bool is_write = step >= 1 && step <= 6;
            CHECK(faulty.struck() == (fault == Fault::write_half ? is_write : step < kCalls));
            CHECK((faulty.struck() ? message.find("cannot write " + path) == 0 : message.empty()));
            REQUIRE(list_checkpoints(directory.path()).size() == 1);
            CHECK_NOTHROW(check(path));
            double first = 0;
            const CheckpointReader checkpoint(path);
            checkpoint.tensors().read(checkpoint.tensors().tensor("theta"), std::span(&first, 1));
            const bool renamed = !faulty.struck() || (fault != Fault::write_half && step == kCalls - 1);
            CHECK(first == (renamed ? 0.75 : 0.25));
        }
    }
}

TEST_CASE("the names of checkpoints") {
    CHECK(checkpoint_path("runs/a", 123) == "runs/a/checkpoint-000123.safetensors");
    CHECK(checkpoint_path("runs/a", 12345678) == "runs/a/checkpoint-12345678.safetensors");
}

TEST_CASE("checkpoints are listed newest first, and nothing else is") {
    TemporaryDirectory directory;
    for (const Index iteration : {7, 1'000'000, 0, 999'999}) {
        write_text(checkpoint_path(directory.path(), iteration), "x");
    }
    for (const char* name : {"checkpoint-7.safetensors", "checkpoint-000008.safetensors.bak",
                             ".checkpoint-000009.safetensors.tmp.1", "checkpoint-0000010.safetensors",
                             "checkpoint--00001.safetensors", "checkpoint-.safetensors", "model.safetensors",
                             "checkpoint-99999999999999999999.safetensors"}) {
        write_text(directory / name, "x");
    }
    std::filesystem::create_directory(checkpoint_path(directory.path(), 11));
    CHECK(paths(list_checkpoints(directory.path())) ==
          std::vector{checkpoint_path(directory.path(), 1'000'000),
                      checkpoint_path(directory.path(), 999'999), checkpoint_path(directory.path(), 7),
                      checkpoint_path(directory.path(), 0)});
    CHECK(list_checkpoints(directory.path()).front().iteration == 1'000'000);
    CHECK(list_checkpoints(directory / "missing").empty());
}

TEST_CASE("the newest checkpoints are kept") {
    TemporaryDirectory directory;
    for (const Index iteration : {1, 2, 3, 4}) write_text(checkpoint_path(directory.path(), iteration), "x");
    write_text(directory / "model.safetensors", "x");
    keep_newest(directory.path(), 2);
    CHECK(paths(list_checkpoints(directory.path())) ==
          std::vector{checkpoint_path(directory.path(), 4), checkpoint_path(directory.path(), 3)});
    CHECK(directory.names().size() == 3);
    keep_newest(directory.path(), 2);
    CHECK(directory.names().size() == 3);
    FaultyFileSystem faulty(Fault::fail, 0, EACCES);
    CHECK(message_of<Error>([&] {
              keep_newest(directory.path(), 1, faulty);
          }).find("cannot remove the old checkpoint " + checkpoint_path(directory.path(), 3)) == 0);
    FaultyFileSystem gone(Fault::fail, 0, ENOENT);
    CHECK_NOTHROW(keep_newest(directory.path(), 1, gone));
}

TEST_CASE("callers cannot set the checksum or the format") {
    TemporaryDirectory directory;
    CHECK_THROWS_AS(CheckpointWriter(directory / "c", {}, {{"format", "x"}}), std::logic_error);
    CHECK_THROWS_AS(CheckpointWriter(directory / "c", {{"sha256", Dtype::f64, {1}}}, {}), std::logic_error);
    CHECK(directory.names().empty());
}
