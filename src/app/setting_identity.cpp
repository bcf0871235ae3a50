#include "setting_identity.hpp"

#include <algorithm>
#include <array>

#include "image_hash.hpp"
#include "sae/core/arithmetic.hpp"
#include "sae/data/metadata.hpp"
#include "sae/data/sha256.hpp"

namespace sae {

std::string DataHashes::hash_of(const Images& images) const {
    constexpr Index enough = 100;
    return hash_of_first(images, source_.built_in() ? std::min(enough, images.count) : images.count);
}

const std::string& DataHashes::of(Index train_count) {
    if (const auto known = known_.find(train_count); known != known_.end()) return known->second;
    if (test_.empty()) {
        const Images test = open_test_images(source_, {"test-count", test_count_});
        test_ = test.source ? hash_of(test) : "none";
    }
    std::string& train = training_[train_count];
    if (train.empty()) train = hash_of(open_training_images(source_, {"train-count", train_count}));
    const std::string both = train + test_;
    return known_[train_count] = hex(sha256(std::as_bytes(std::span(both))));
}

Images DataHashes::watch(Images images, std::string& hash) const {
    // A source with random access is read in parts by all ranks, and cheap to read again.
    if (!images.source || images.source->random_access() || !hash.empty()) return images;
    return hashed_in_passing(std::move(images), [&hash](std::string found) { hash = std::move(found); });
}

Images DataHashes::watch_training(Images images) {
    std::string& hash = training_[images.count];
    return watch(std::move(images), hash);
}

Images DataHashes::watch_test(Images images) {
    return watch(std::move(images), test_);
}

SettingIdentity identity_of(const TrainOptions& options, const std::string& data_hash) {
    // Where the data lie and what only the way there depends on.
    static constexpr std::array left_out{"data",   "train",   "test",  "digits-seed",
                                         "output", "threads", "quiet", "checkpoint-every"};
    SettingIdentity identity;
    for (const auto& [option, value] : settings_of(options)) {
        if (std::ranges::find(left_out, option) == left_out.end()) identity[option] = value;
    }
    identity["data-sha256"] = data_hash;
    put_number(identity, "arithmetic", arithmetic_version);
    return identity;
}

}  // namespace sae
