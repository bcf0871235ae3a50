#include "sae/data/safetensors.hpp"

#include <limits>

#include "catch.hpp"
#include "faulty_file_system.hpp"
#include "sae/core/error.hpp"
#include "safetensors_text.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

const std::vector<double> kNumbers = {0.1, -0.0, 1e-310, 1.7976931348623157e308, -2.5, 3};
const std::vector<std::int64_t> kCounts = {std::numeric_limits<std::int64_t>::min(), 0, 42};
const std::vector<std::uint8_t> kBytes = {0, 255, 7};

void write_example(const std::string& path,
                   const Metadata& metadata = {{"b", "2"}, {"a", "\"1\"\n\xc3\xa9"}}) {
    SafetensorsWriter file(path,
                           {{"z", Dtype::f64, {2, 3}},
                            {"empty", Dtype::f64, {0, 5}},
                            {"n", Dtype::i64, {3}},
                            {"a", Dtype::u8, {1, 3, 1}},
                            {"scalar", Dtype::f64, {}}},
                           metadata);
    file.append(std::span(kNumbers).first(1));
    file.append(std::span(kNumbers).subspan(1));
    file.append(std::span(kCounts));
    file.append(std::span(kBytes));
    file.append(std::vector{0.5});
    file.commit();
}

}  // namespace

TEST_CASE("tensors are read back bit for bit") {
    TemporaryDirectory directory;
    write_example(directory / "a");
    const SafetensorsReader file(directory / "a");
    CHECK(file.metadata() == Metadata{{"b", "2"}, {"a", "\"1\"\n\xc3\xa9"}});
    REQUIRE(file.tensors().size() == 5);
    CHECK(file.tensor("z").shape == std::vector<Index>{2, 3});
    CHECK(file.tensor("empty").size() == 0);
    CHECK(file.tensor("scalar").size() == 1);
    std::vector<double> numbers(6);
    file.read(file.tensor("z"), numbers);
    CHECK(bytes_of(numbers) == bytes_of(kNumbers));
    std::vector<std::int64_t> counts(3);
    file.read(file.tensor("n"), counts);
    CHECK(counts == kCounts);
    std::vector<std::uint8_t> bytes(3);
    file.read(file.tensor("a"), bytes);
    CHECK(bytes == kBytes);
}

TEST_CASE("floats are written as they are and widened when read") {
    TemporaryDirectory directory;
    const std::vector<float> floats = {0.1F, -0.0F, 1e-45F, 3.4e38F};
    SafetensorsWriter writer(directory / "f", {{"f", Dtype::f32, {4}}}, {});
    CHECK_THROWS_AS(writer.append(std::vector{0.5}), std::logic_error);
    writer.append(floats);
    writer.commit();
    const SafetensorsReader file(directory / "f");
    CHECK(file.tensor("f").end == 16);
    std::vector<double> numbers(4);
    file.read(file.tensor("f"), numbers);
    CHECK(bytes_of(numbers) == bytes_of(std::vector<double>(floats.begin(), floats.end())));
}

TEST_CASE("the file's bytes: length, header padded to 8 bytes, data in the declared order") {
    TemporaryDirectory directory;
    SafetensorsWriter file(directory / "a", {{"z", Dtype::f64, {1}}, {"b", Dtype::u8, {2}}},
                           {{"k", "v"}, {"a", "b"}});
    file.append(std::vector{1.5});
    file.append(std::vector<std::uint8_t>{8, 9});
    const Sha256Digest digest = file.digest();
    file.commit();
    std::string header =
        R"({"__metadata__":{"a":"b","k":"v"},"z":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
        R"("b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}})";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::string expected = safetensors_text(header, bytes_of(std::vector{1.5}) + "\x08\x09");
    CHECK(read_text(directory / "a") == expected);
    CHECK(hex(digest) == hex(sha256(std::as_bytes(std::span(expected)))));
}

TEST_CASE("equal content gives equal bytes") {
    TemporaryDirectory directory;
    write_example(directory / "a");
    write_example(directory / "b");
    CHECK(read_text(directory / "a") == read_text(directory / "b"));
}

TEST_CASE("a range of a tensor is read alone, and F32 is widened") {
    TemporaryDirectory directory;
    std::vector<float> narrow(200'000);
    for (std::size_t i = 0; i < narrow.size(); ++i) narrow[i] = 0.1F * static_cast<float>(i);
    write_text(
        directory / "a",
        safetensors_text("{" + tensor_entry("x", "F32", "[1000,200]", 0, 800'000) + "}", bytes_of(narrow)));
    const SafetensorsReader file(directory / "a");
    std::vector<double> wide(150'000);
    file.read(file.tensor("x", {1000, 200}), wide, 50'000);
    bool equal = true;
    for (std::size_t i = 0; i < wide.size(); ++i)
        equal = equal && wide[i] == static_cast<double>(narrow[i + 50'000]);
    CHECK(equal);
    write_example(directory / "b");
    const SafetensorsReader example(directory / "b");
    std::vector<double> two(2);
    example.read(example.tensor("z"), two, 3);
    CHECK(two == std::vector<double>{kNumbers[3], kNumbers[4]});
}

TEST_CASE("elements beyond a tensor, another type or shape, and missing tensors are refused by name") {
    TemporaryDirectory directory;
    write_example(directory / "a");
    const SafetensorsReader file(directory / "a");
    std::vector<double> numbers(3);
    std::vector<std::int64_t> counts(1);
    CHECK(message_of<Error>([&] { file.read(file.tensor("z"), numbers, 4); }) ==
          "cannot read " + (directory / "a") + ": tensor \"z\" has 6 elements, expected 3 from number 4 on");
    CHECK_THROWS_AS(file.read(file.tensor("z"), numbers, -1), Error);
    CHECK_THROWS_AS(file.read(file.tensor("z"), numbers, std::numeric_limits<Index>::max()), Error);
    CHECK(message_of<Error>([&] {
              file.read(file.tensor("n"), numbers);
          }).find("\"n\" holds I64, expected F64") != std::string::npos);
    CHECK(message_of<Error>([&] {
              file.read(file.tensor("z"), counts);
          }).find("\"z\" holds F64, expected I64") != std::string::npos);
    CHECK(message_of<Error>([&] {
              (void)file.tensor("z", {3, 2});
          }).find("\"z\" has the shape [2, 3], expected [3, 2]") != std::string::npos);
    CHECK(message_of<Error>([&] {
              (void)file.tensor("w");
          }).find("no tensor \"w\"; it has \"z\", \"empty\", \"n\"") != std::string::npos);
    CHECK(file.find("w") == nullptr);
}

TEST_CASE("wrong use of the writer is a logic error and no file appears") {
    TemporaryDirectory directory;
    const std::string path = directory / "a";
    const std::vector<TensorSpec> one = {{"x", Dtype::f64, {2}}};
    CHECK_THROWS_AS(SafetensorsWriter(path, {one[0], one[0]}, {}), std::logic_error);
    CHECK_THROWS_AS(SafetensorsWriter(path, {{"__metadata__", Dtype::f64, {2}}}, {}), std::logic_error);
    SafetensorsWriter few(path, one, {});
    few.append(std::vector{1.0});
    CHECK_THROWS_AS(few.commit(), std::logic_error);
    CHECK_THROWS_AS(few.append(std::vector<std::int64_t>{1}), std::logic_error);
    CHECK_THROWS_AS(few.append(std::vector{1.0, 2.0}), std::logic_error);
    few.append(std::vector{1.0});
    CHECK_THROWS_AS(few.append(std::vector{1.0}), std::logic_error);
    CHECK_THROWS_AS(SafetensorsWriter(directory / "b", one, {{"k", "\xff"}}), Error);
    CHECK(directory.names().size() == 1);
}

TEST_CASE("malformed safetensors files are refused, and the message says what is wrong") {
    const std::string eight(8, '\0');
    const auto one = [&](const std::string& header) { return safetensors_text(header, eight); };
    const std::string x = tensor_entry("x", "F64", "[1]", 0, 8);
    const std::string deep(100'000, '[');
    std::vector<Malformed> table = {
        {"empty file", "", "it has 0 bytes, expected a header length of 8"},
        {"7 bytes", "1234567", "it has 7 bytes"},
        {"length only", bytes_of(std::vector<std::uint64_t>{2}),
         "2 bytes by its length field, but only 0 follow"},
        {"zero length", safetensors_text("", eight), "0 bytes by its length field, expected 2 to"},
        {"length 1", safetensors_text("{", eight), "1 bytes by its length field"},
        {"length beyond the end", safetensors_text("{}", "", 3),
         "3 bytes by its length field, but only 2 follow"},
        {"header of 2^60 bytes", safetensors_text("{}", "", std::uint64_t{1} << 60),
         "1152921504606846976 bytes"},
        {"header of 2^64 - 1 bytes", safetensors_text("{}", "", ~std::uint64_t{0}),
         "18446744073709551615 bytes"},
        {"header over the limit", safetensors_text(std::string((16 << 20) + 1, ' '), ""),
         "expected 2 to 16777216"},
        {"a PNG file", "\x89PNG\r\n\x1a\n and so on, and so on", "by its length field"},
        {"not JSON", one("{x}"), "the header is not JSON: error at its byte 2 of 3"},
        {"cut JSON", one(R"({"x":{"dtype")"), "the header is not JSON"},
        {"text after the JSON", one("{" + x + "}}"), "the header is not JSON"},
        {"zero bytes as padding", one("{" + x + "}" + std::string(1, '\0')), "it holds a zero byte"},
        {"invalid UTF-8", one("{\"\xff\":1}"), "the header is not JSON"},
        {"not a number", one(R"({"x":{"dtype":"F64","shape":[NaN],"data_offsets":[0,8]}})"), "not JSON"},
        {"a list", one("[1,2]"), "does not begin with {"},
        {"a number", one("12"), "does not begin with {"},
        {"space before the JSON", one(" {" + x + "}"), "does not begin with {"},
        {"deep nesting of lists", one("{\"x\":" + deep), "nested deeper"},
        {"deep nesting of objects", one("{\"x\":{\"y\":{\"z\":{}}}}"), "nested deeper"},
        {"a tensor twice", one("{" + x + "," + x + "}"), "\"x\" occurs twice"},
        {"metadata twice", one(R"({"__metadata__":{},"__metadata__":{},)" + x + "}"),
         "\"__metadata__\" occurs twice"},
        {"a metadata key twice", one(R"({"__metadata__":{"k":"1","k":"2"},)" + x + "}"),
         "\"k\" occurs twice"},
        {"a dtype twice", one(R"({"x":{"dtype":"F64","dtype":"F64","shape":[1],"data_offsets":[0,8]}})"),
         "\"dtype\" occurs twice"},
        {"metadata is a list", one(R"({"__metadata__":[],)" + x + "}"), "__metadata__ is not an object"},
        {"metadata is a number", one(R"({"__metadata__":{"k":1},)" + x + "}"),
         "metadata \"k\" is not a text"},
        {"an entry is a text", one(R"({"x":"F64"})"), "\"x\" is not an object"},
        {"an entry is null", one(R"({"x":null})"), "\"x\" is not an object"},
        {"no dtype", one(R"({"x":{"shape":[1],"data_offsets":[0,8]}})"), "\"x\" has no text \"dtype\""},
        {"dtype is a number", one(R"({"x":{"dtype":8,"shape":[1],"data_offsets":[0,8]}})"),
         "no text \"dtype\""},
        {"unknown dtype", one("{" + tensor_entry("x", "BF16", "[4]", 0, 8) + "}"),
         "\"x\" has the dtype \"BF16\""},
        {"dtype in lower case", one("{" + tensor_entry("x", "f64", "[1]", 0, 8) + "}"), "the dtype \"f64\""},
        {"no shape", one(R"({"x":{"dtype":"F64","data_offsets":[0,8]}})"), "\"x\" has no list \"shape\""},
        {"shape is a number", one("{" + tensor_entry("x", "F64", "1", 0, 8) + "}"), "no list \"shape\""},
        {"negative extent", one("{" + tensor_entry("x", "F64", "[-1]", 0, 8) + "}"),
         "\"-1\" in its \"shape\""},
        {"fractional extent", one("{" + tensor_entry("x", "F64", "[1.0]", 0, 8) + "}"),
         "\"1.0\" in its \"shape\""},
        {"extent is a text", one("{" + tensor_entry("x", "F64", "[\"1\"]", 0, 8) + "}"), "in its \"shape\""},
        {"extent of 2^63", one("{" + tensor_entry("x", "F64", "[9223372036854775808]", 0, 8) + "}"),
         "\"9223372036854775808\" in its \"shape\""},
        {"extent of 10^400",
         one("{" + tensor_entry("x", "F64", "[1" + std::string(400, '0') + "]", 0, 8) + "}"), "out of range"},
        {"a product of 2^64", one("{" + tensor_entry("x", "F64", "[4294967296,4294967296]", 0, 0) + "}"),
         "\"x\" with shape [4294967296, 4294967296] exceeds 2^63 bytes"},
        {"a product of 2^61, 2^64 bytes",
         one("{" + tensor_entry("x", "F64", "[2305843009213693952]", 0, 0) + "}"), "exceeds 2^63 bytes"},
        {"no offsets", one(R"({"x":{"dtype":"F64","shape":[1]}})"), "\"x\" has no list \"data_offsets\""},
        {"one offset", one(R"({"x":{"dtype":"F64","shape":[1],"data_offsets":[8]}})"), "has 1 data_offsets"},
        {"three offsets", one(R"({"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8,9]}})"),
         "has 3 data_offsets"},
        {"negative offset", one(R"({"x":{"dtype":"F64","shape":[1],"data_offsets":[-8,0]}})"),
         "\"-8\" in its \"data_offsets\""},
        {"offsets turned round", one("{" + tensor_entry("x", "F64", "[1]", 8, 0) + "}"),
         "its data_offsets are [8, 0]"},
        {"offsets too short", one("{" + tensor_entry("x", "F64", "[1]", 0, 4) + "}"), "needs 8 bytes, but"},
        {"offsets too long", one("{" + tensor_entry("x", "F32", "[1]", 0, 8) + "}"),
         "of F32 needs 4 bytes, but"},
        {"a fourth key", one(R"({"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8],"y":1}})"),
         "\"x\" has more than"},
        {"data cut short", safetensors_text("{" + x + "}", "1234567"),
         "\"x\" ends at byte 8 of the data, which has 7"},
        {"data that belong to nothing", one("{" + x + "}") + "1", "1 bytes after \"x\" belong to no tensor"},
        {"data without tensors", one("{}"), "8 bytes after the header belong to no tensor"},
        {"a hole",
         safetensors_text("{" + x + "," + tensor_entry("y", "U8", "[1]", 9, 10) + "}", eight + "12"),
         "1 bytes between \"x\" and tensor \"y\""},
        {"a hole at the start", one("{" + tensor_entry("x", "F32", "[1]", 4, 8) + "}"),
         "between the header and"},
        {"overlap", safetensors_text("{" + x + "," + tensor_entry("y", "U8", "[2]", 7, 9) + "}", eight + "1"),
         "\"x\" and \"y\" overlap"},
        {"the same bytes twice", one("{" + x + "," + tensor_entry("y", "F64", "[1]", 0, 8) + "}"), "overlap"},
        {"a name with a line feed", one(R"({"a\nb":1})"), R"("a\nb" is not an object)"},
        {"a very long name", one("{\"" + std::string(100'000, 'n') + "\":1}"), "nnn...\" is not an object"},
    };
    for (const Malformed& malformed : table) {
        TemporaryDirectory directory;
        const std::string path = directory / "file.safetensors";
        write_text(path, malformed.content);
        const std::string message = message_of<Error>([&] { SafetensorsReader reader(path); });
        INFO(malformed.what << ": " << message);
        CHECK(message.find("cannot read " + path + ": not a valid safetensors file: ") == 0);
        CHECK(message.find(malformed.expected) != std::string::npos);
        CHECK(message.find('\n') == std::string::npos);
        CHECK(message.size() < 400);
    }
}

TEST_CASE("an Error of the disk while writing leaves the old file") {
    for (int step = 0; step < 8; ++step) {
        TemporaryDirectory directory;
        write_text(directory / "a", "old");
        FaultyFileSystem faulty(Fault::fail, step, ENOSPC);
        const auto write = [&] {
            SafetensorsWriter file(directory / "a", {{"x", Dtype::f64, {1}}}, {}, faulty);
            file.append(std::vector{1.0});
            file.commit();
        };
        CHECK_THROWS_AS(write(), Error);
        CHECK(directory.names().size() == 1);
        CHECK((read_text(directory / "a") == "old") == (step < 7));
    }
}
