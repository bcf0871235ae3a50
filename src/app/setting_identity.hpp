#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sae/app/image_sources.hpp"

namespace sae {

/// What decides the result of a setting, by the names of the options; the data by a hash.
using SettingIdentity = std::map<std::string, std::string>;

/// Hashes of the images that settings are trained on and tried with, each computed once. Not collective.
class DataHashes {
  public:
    DataHashes(SourceOptions source, std::optional<Index> test_count)
        : source_(std::move(source)), test_count_(test_count) {}

    /// Of the first training images and of the test images, every pixel of them; of the built-in digits,
    /// whose seed and number say the rest, the first ones of each. Throws Error if they cannot be read.
    [[nodiscard]] const std::string& of(Index train_count);

    /// Opened training or test images of the options, which the caller is going to read: if reading is costly
    /// and goes from the first to the last, they are hashed on the way. This must outlive them.
    [[nodiscard]] Images watch_training(Images images);
    [[nodiscard]] Images watch_test(Images images);

  private:
    [[nodiscard]] std::string hash_of(const Images& images) const;
    [[nodiscard]] Images watch(Images images, std::string& hash) const;

    SourceOptions source_;
    std::optional<Index> test_count_;
    std::string test_;                       ///< of the test images; empty until it is known
    std::map<Index, std::string> training_;  ///< of the first training images, likewise
    std::map<Index, std::string> known_;     ///< of both
};

/// The identity of a training by its options, the first seed included; `data_hash` is from DataHashes.
[[nodiscard]] SettingIdentity identity_of(const TrainOptions& options, const std::string& data_hash);

}  // namespace sae
