#include "image_cache.hpp"

#include <algorithm>
#include <utility>

#include "sae/app/run_identity.hpp"

namespace sae {

ImageCache::ImageCache(const mpi::Communicator& comm, SourceOptions source, std::optional<Index> test_count)
    : comm_(comm), source_(std::move(source)), test_count_(test_count) {}

void ImageCache::watch(std::function<Images(Images)> training, std::function<Images(Images)> test) {
    open_training_ = [pass = std::move(training)](const SourceOptions& source, const WantedCount& wanted) {
        return pass(open_training_images(source, wanted));
    };
    open_test_ = [pass = std::move(test)](const SourceOptions& source, const WantedCount& wanted) {
        return pass(open_test_images(source, wanted));
    };
}

bool ImageCache::is_full() const {
    Index bytes = 0;
    for (const auto& [count, training] : training_) bytes += training.images.columns.tiles().size();
    return comm_.all_reduce_max(bytes) > largest_kept;
}

const ImageCache::Training& ImageCache::training(std::optional<Index> count) {
    if (const auto found = training_.find(count); found != training_.end()) return found->second;
    if (is_full()) training_.clear();
    ShardedImages images =
        shard_columns(comm_, open_training_, source_, {"train-count", count}, source_.drawing_threads);
    std::string sha256 = images_sha256(comm_, images.columns.own_tiles());
    return training_.emplace(count, Training{std::move(images), std::move(sha256)}).first->second;
}

const ShardedImages* ImageCache::test() {
    if (!source_.has_test()) return nullptr;
    if (!test_)
        test_ =
            shard_columns(comm_, open_test_, source_, {"test-count", test_count_}, source_.drawing_threads);
    return &*test_;
}

const FirstImages& ImageCache::first_training(std::optional<Index> count) {
    const Index shown = std::min(count.value_or(FirstImages::most), FirstImages::most);
    if (const auto found = first_training_.find(shown); found != first_training_.end()) return found->second;
    return first_training_[shown] = read_first_images(open_training_images(source_, {"train-count", count}));
}

const FirstImages* ImageCache::first_test() {
    if (!source_.has_test()) return nullptr;
    if (!first_test_) first_test_ = read_first_images(open_test_images(source_, {"test-count", test_count_}));
    return &*first_test_;
}

}  // namespace sae
