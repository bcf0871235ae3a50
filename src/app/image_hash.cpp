#include "image_hash.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sae/data/sha256.hpp"

namespace sae {
namespace {

Sha256 hash_of_size(const ImageSource& source, Index count) {
    const std::array<Index, 3> size{source.rows(), source.cols(), count};
    Sha256 hash;
    hash.update(std::as_bytes(std::span(size)));
    return hash;
}

class HashedImages final : public ImageSource {
  public:
    HashedImages(Images images, std::function<void(std::string)> tell)
        : source_(std::move(images.source)),
          end_(images.count),
          hash_(hash_of_size(*source_, end_)),
          tell_(std::move(tell)) {}

    [[nodiscard]] Index count() const override { return source_->count(); }
    [[nodiscard]] Index rows() const override { return source_->rows(); }
    [[nodiscard]] Index cols() const override { return source_->cols(); }
    [[nodiscard]] bool random_access() const override { return source_->random_access(); }
    [[nodiscard]] std::string description() const override { return source_->description(); }

  private:
    void read_range(Index first, std::span<std::uint8_t> images) override {
        source_->read(first, images);
        const Index read = static_cast<Index>(images.size()) / image_size();
        if (first != next_ || read > end_ - next_) return;
        hash_.update(std::as_bytes(images));
        next_ += read;
        if (next_ == end_) tell_(hex(hash_.digest()));
    }

    std::unique_ptr<ImageSource> source_;
    Index end_;
    Index next_ = 0;
    Sha256 hash_;
    std::function<void(std::string)> tell_;
};

}  // namespace

std::string hash_of_first(const Images& images, Index count) {
    constexpr Index piece = 1000;
    ImageSource& source = *images.source;
    Sha256 hash = hash_of_size(source, count);
    std::vector<std::uint8_t> pixels;
    for (Index first = 0; first < count; first += piece) {
        pixels.resize(static_cast<std::size_t>(std::min(piece, count - first) * source.image_size()));
        source.read(first, pixels);
        hash.update(std::as_bytes(std::span(pixels)));
    }
    return hex(hash.digest());
}

Images hashed_in_passing(Images images, std::function<void(std::string)> tell) {
    const Index count = images.count;
    return {std::make_unique<HashedImages>(std::move(images), std::move(tell)), count};
}

}  // namespace sae
