#include "run_identity.hpp"

#include <algorithm>

#include "sae/app/image_sources.hpp"
#include "sae/core/arithmetic.hpp"
#include "sae/data/sha256.hpp"

namespace sae {

Metadata run_identity(const TrainOptions& options, const ImagesIdentity& images,
                      std::span<const double> start) {
    Metadata identity;
    TrainOptions copy = options;
    for (const auto& [option, value] : table_of(copy).identity()) identity[option] = value;
    put_number(identity, "train-count", images.count);
    put_number(identity, "pixels", images.pixels);
    identity["images_sha256"] = images.sha256;
    if (options.init) {
        identity.erase("seed");
        identity["init_sha256"] = hex(sha256(std::as_bytes(start)));
    }
    return identity;
}

ImagesIdentity DataIdentity::identity_of(const Images& images) const {
    constexpr Index enough = 100;
    const Index hashed = source_.built_in() ? std::min(enough, images.count) : images.count;
    return {images.count, images.source->image_size(), images_sha256(*images.source, hashed)};
}

void DataIdentity::know(const ImagesIdentity& training, const ImagesIdentity* test) {
    if (source_.built_in()) return;
    training_[training.count] = training;
    if (test) test_ = *test;
}

Metadata DataIdentity::result_identity(const TrainOptions& options) {
    ImagesIdentity& training = training_[*options.train_count];
    if (training.count == 0) training = identity_of(open_training_images(source_, options.train_count));
    if (!test_) {
        const Images test = open_test_images(source_, test_count_);
        test_ = test.source ? identity_of(test) : ImagesIdentity{};
    }
    Metadata identity = run_identity(options, training, {});
    put_number(identity, "max-iterations", options.optimiser.max_iterations);
    put_number(identity, "arithmetic", arithmetic_version);
    if (test_->count == 0) return identity;
    put_number(identity, "test-count", test_->count);
    identity["test_images_sha256"] = test_->sha256;
    return identity;
}

}  // namespace sae
