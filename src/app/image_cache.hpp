#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "first_images.hpp"
#include "sae/app/shard_columns.hpp"

namespace sae {

/// The images of one training after the other on the ranks of a communicator, each read once and kept.
class ImageCache {
  public:
    /// The most training images, in bytes, that a rank keeps in addition to those in use.
    static constexpr Index largest_kept = Index{1} << 30;

    /// `comm` must outlive it.
    ImageCache(const mpi::Communicator& comm, SourceOptions source, std::optional<Index> test_count);

    /// Lets each opening of images that are going to be read, on the ranks that open them, pass through these
    /// functions.
    void watch(std::function<Images(Images)> training, std::function<Images(Images)> test);

    struct Training {
        ShardedImages images;
        std::string sha256;  ///< images_sha256()
    };

    /// Collective: the first `count` training images. Good until the next call.
    const Training& training(std::optional<Index> count);

    /// Collective: the test images, or null if the options name none.
    const ShardedImages* test();

    /// The first images of training(count), for pictures. Not collective.
    const FirstImages& first_training(std::optional<Index> count);

    /// Those of test(), or null if there are none. Not collective.
    const FirstImages* first_test();

  private:
    [[nodiscard]] bool is_full() const;

    const mpi::Communicator& comm_;
    SourceOptions source_;
    std::optional<Index> test_count_;
    OpenImages open_training_ = open_training_images;
    OpenImages open_test_ = open_test_images;
    std::map<std::optional<Index>, Training> training_;
    std::optional<ShardedImages> test_;
    std::map<Index, FirstImages>
        first_training_;  ///< by how many are asked for, at most those that are shown
    std::optional<FirstImages> first_test_;
};

}  // namespace sae
