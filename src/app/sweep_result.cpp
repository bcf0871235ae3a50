#include "sweep_result.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/app/ini_file.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/core/error.hpp"
#include "sae/data/atomic_file.hpp"
#include "sae/data/input_file.hpp"
#include "sae/data/sha256.hpp"
#include "sae/train/lbfgs_outcome.hpp"
#include "sweep_row_json.hpp"

namespace sae {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* iterations_limit = "max-iterations";

void hash_images(const Images& images, Sha256& hash) {
    constexpr Index looked_at = 100;
    ImageSource& source = *images.source;
    const std::array<Index, 2> size{source.rows(), source.cols()};
    std::vector<std::uint8_t> pixels(
        static_cast<std::size_t>(std::min(looked_at, images.count) * source.image_size()));
    source.read(0, pixels);
    hash.update(std::as_bytes(std::span(size)));
    hash.update(std::as_bytes(std::span(pixels)));
}

}  // namespace

std::string data_sha256(const SourceOptions& source, Index train_count, std::optional<Index> test_count) {
    Sha256 hash;
    hash_images(open_training_images(source, {"train-count", train_count}), hash);
    const Images test = open_test_images(source, {"test-count", test_count});
    if (test.source) hash_images(test, hash);
    return hex(hash.digest());
}

SettingIdentity identity_of(const TrainOptions& options, const std::string& data_hash) {
    // Where the data lie and what only the way there depends on.
    static constexpr std::array left_out{"data",   "train",   "test",  "digits-seed",
                                         "output", "threads", "quiet", "checkpoint-every"};
    SettingIdentity identity;
    for (const IniEntry& entry : parse_ini(to_ini(options), "settings")) {
        if (std::ranges::find(left_out, entry.key) == left_out.end()) identity[entry.key] = entry.value;
    }
    identity["data-sha256"] = data_hash;
    return identity;
}

std::string result_path(const std::string& run_directory) {
    return RunDirectory(run_directory).file("result.json");
}

void write_result(const std::string& run_directory, const SettingResult& result) {
    Json object = row_json(result.row, result.seed);
    object["mean_activations"] = result.row.mean_activations;
    object["settings"] = result.identity;
    write_file_atomically(result_path(run_directory), object.dump(2) + '\n');
}

std::optional<SettingResult> read_result(const std::string& run_directory) {
    const std::string path = result_path(run_directory);
    if (!std::filesystem::exists(path)) return std::nullopt;
    const InputFile file(path);
    std::string text(static_cast<std::size_t>(file.size()), '\0');
    file.read_at(0, std::as_writable_bytes(std::span(text)));
    SettingResult result;
    try {
        const Json object = Json::parse(text);
        result.row = row_of_json(object);
        result.seed = object.at("seed").get<std::uint64_t>();
        result.row.mean_activations = object.at("mean_activations").get<std::vector<double>>();
        result.identity = object.at("settings").get<SettingIdentity>();
    } catch (const std::exception& error) {
        throw Error(path + ": is not the result of a setting: " + error.what() +
                    "; remove it, and --resume makes it anew");
    }
    const std::string model = RunDirectory(run_directory).model();
    if (!std::filesystem::exists(model))
        throw Error(path + ": is there, but " + model + " is gone: remove the directory " + run_directory +
                    ", and --resume trains the setting again");
    return result;
}

bool is_result_of(const SettingResult& result, const SettingIdentity& identity,
                  const std::string& run_directory) {
    std::string differences;
    bool other_limit = false;
    const auto value = [](const SettingIdentity& from, const std::string& key) {
        const auto found = from.find(key);
        return found == from.end() ? std::string("none") : found->second;
    };
    SettingIdentity keys = result.identity;
    keys.insert(identity.begin(), identity.end());
    for (const auto& [key, unused] : keys) {
        const std::string there = value(result.identity, key), here = value(identity, key);
        if (there == here) continue;
        if (key == iterations_limit)
            other_limit = true;
        else
            differences +=
                (differences.empty() ? "" : ", ") + key + ' ' + there + " there and " + here + " here";
    }
    if (!differences.empty())
        throw Error(run_directory + ": holds a result of other settings: " + differences +
                    "; name another --output, or replace it with --overwrite");
    return !other_limit || result.row.status != LbfgsStatus::max_iterations;
}

}  // namespace sae
