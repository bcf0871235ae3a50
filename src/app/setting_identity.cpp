#include "setting_identity.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "sae/app/image_sources.hpp"
#include "sae/app/ini_file.hpp"
#include "sae/data/sha256.hpp"

namespace sae {
namespace {

/// Of `count` images from the first on, a piece at a time, and of their size.
std::string hash_of_first(const Images& images, Index count) {
    constexpr Index piece = 1000;
    ImageSource& source = *images.source;
    const std::array<Index, 3> size{source.rows(), source.cols(), count};
    Sha256 hash;
    hash.update(std::as_bytes(std::span(size)));
    std::vector<std::uint8_t> pixels;
    for (Index first = 0; first < count; first += piece) {
        pixels.resize(static_cast<std::size_t>(std::min(piece, count - first) * source.image_size()));
        source.read(first, pixels);
        hash.update(std::as_bytes(std::span(pixels)));
    }
    return hex(hash.digest());
}

}  // namespace

const std::string& DataHashes::of(Index train_count) {
    if (const auto known = known_.find(train_count); known != known_.end()) return known->second;
    constexpr Index enough = 100;
    const auto hash_of = [&](const Images& images) {
        return hash_of_first(images, source_.built_in() ? std::min(enough, images.count) : images.count);
    };
    if (test_.empty()) {
        const Images test = open_test_images(source_, {"test-count", test_count_});
        test_ = test.source ? hash_of(test) : "none";
    }
    const std::string both = hash_of(open_training_images(source_, {"train-count", train_count})) + test_;
    return known_[train_count] = hex(sha256(std::as_bytes(std::span(both))));
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

}  // namespace sae
