#include "sae/app/image_sources.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/data/idx.hpp"
#include "sae/data/mnist_files.hpp"

namespace sae {
namespace {

Images open_file(const std::filesystem::path& path, const WantedCount& wanted) {
    std::unique_ptr<ImageSource> source = open_idx(path);
    const Index count = wanted.count.value_or(source->count());
    if (count > source->count()) {
        throw Error("--" + wanted.option + ": " + std::to_string(count) + " images are asked for, but " +
                    path.string() + " holds " + std::to_string(source->count()));
    }
    return {std::move(source), count};
}

Images draw(const SourceOptions& options, DigitSet set, const WantedCount& wanted) {
    const Index count = wanted.count.value_or(built_in_count);
    return {std::make_unique<BuiltinDigits>(options.digits_seed, set, count, options.drawing_threads), count};
}

}  // namespace

Images open_training_images(const SourceOptions& options, const WantedCount& wanted) {
    if (options.data) return open_file(find_mnist(*options.data).train_images, wanted);
    if (options.train) return open_file(*options.train, wanted);
    return draw(options, DigitSet::train, wanted);
}

Images open_test_images(const SourceOptions& options, const WantedCount& wanted) {
    if (options.data) return open_file(find_mnist(*options.data).test_images, wanted);
    if (options.test) return open_file(*options.test, wanted);
    if (options.train) return {};
    return draw(options, DigitSet::test, wanted);
}

}  // namespace sae
