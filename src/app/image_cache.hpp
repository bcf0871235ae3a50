#pragma once
#include <map>
#include <optional>

#include "run_identity.hpp"
#include "sae/train/sharded_images.hpp"

namespace sae {

/// The images of one training after the other on the ranks of a communicator, each read once and kept.
class ImageCache {
  public:
    /// The most training images, in bytes, that a rank keeps in addition to those in use.
    static constexpr Index largest_kept = Index{1} << 30;

    /// `comm` and `options` must outlive it; `threads` is the number of each rank.
    ImageCache(const mpi::Communicator& comm, const RunOptions& options, int threads)
        : comm_(comm), options_(options), threads_(threads) {}

    struct Set {
        ShardedImages images;
        ImagesIdentity identity;
    };

    /// Collective: the first `count` training images. Good until the next call.
    const Set& training(std::optional<Index> count);

    /// Collective: the test images, or null if the options name none.
    const Set* test();

  private:
    [[nodiscard]] Set load(const std::function<Images()>& open) const;
    [[nodiscard]] bool is_full() const;

    const mpi::Communicator& comm_;
    const RunOptions& options_;
    int threads_;
    std::map<std::optional<Index>, Set> training_;
    std::optional<Set> test_;
};

}  // namespace sae
