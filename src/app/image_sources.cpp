#include "sae/app/image_sources.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/data/image_file.hpp"
#include "sae/data/mnist_files.hpp"

namespace sae {
namespace {

Images open_file(const std::filesystem::path& path, const WantedCount& wanted) {
    std::unique_ptr<ImageSource> source = open_image_file(path);
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
    if (!options.has_test()) return {};
    if (options.data) return open_file(find_mnist(*options.data).test_images, wanted);
    if (options.test) return open_file(*options.test, wanted);
    return draw(options, DigitSet::test, wanted);
}

Index check_images(const SourceOptions& source, std::optional<Index> train_count,
                   std::optional<Index> test_count) {
    const Images train = open_training_images(source, {"train-count", train_count});
    const Images test = open_test_images(source, {"test-count", test_count});
    const Index pixels = train.source->rows() * train.source->cols();
    if (!test.source) return pixels;
    if (test.source->rows() == train.source->rows() && test.source->cols() == train.source->cols())
        return pixels;
    throw Error("the test images have another size than the training images: " + test.source->description() +
                "; expected " + std::to_string(train.source->rows()) + " x " +
                std::to_string(train.source->cols()));
}

}  // namespace sae
