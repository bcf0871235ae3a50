#include "image_cache.hpp"

#include "sae/app/image_sources.hpp"

namespace sae {

ImageCache::Set ImageCache::load(const std::function<Images()>& open) const {
    ShardedImages images = shard_images(comm_, open, threads_);
    const Index count = images.columns.tiles().tiling().columns();
    std::string sha256 = images_sha256(comm_, images);
    const Index pixels = images.set.image_size();
    return {std::move(images), {count, pixels, std::move(sha256)}};
}

bool ImageCache::is_full() const {
    Index bytes = 0;
    for (const auto& [count, set] : training_) bytes += set.images.columns.tiles().size();
    return comm_.all_reduce_max(bytes) > largest_kept;
}

const ImageCache::Set& ImageCache::training(std::optional<Index> count) {
    if (const auto found = training_.find(count); found != training_.end()) return found->second;
    if (is_full()) training_.clear();
    Set set = load([&] { return open_training_images(options_.source, count, threads_); });
    return training_.emplace(count, std::move(set)).first->second;
}

const ImageCache::Set* ImageCache::test() {
    if (!options_.source.has_test()) return nullptr;
    if (!test_)
        test_ = load([&] { return open_test_images(options_.source, options_.test_count, threads_); });
    return &*test_;
}

}  // namespace sae
