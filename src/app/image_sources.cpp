#include "sae/app/image_sources.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/data/builtin_digits.hpp"
#include "sae/data/image_file.hpp"
#include "sae/data/mnist_files.hpp"

namespace sae {
namespace {

Images open_file(const std::filesystem::path& path, std::optional<Index> wanted, const std::string& option) {
    std::unique_ptr<ImageSource> source = open_image_file(path);
    const Index count = wanted.value_or(source->count());
    if (count > source->count()) {
        throw Error("--" + option + ": " + std::to_string(count) + " images are asked for, but " +
                    path.string() + " holds " + std::to_string(source->count()));
    }
    return {std::move(source), count};
}

Images draw(const SourceOptions& options, DigitSet set, std::optional<Index> wanted, int threads) {
    const Index count = wanted.value_or(built_in_count);
    return {std::make_unique<BuiltinDigits>(options.digits_seed, set, count, threads), count};
}

}  // namespace

Images open_training_images(const SourceOptions& options, std::optional<Index> count, int threads,
                            const std::string& option) {
    if (options.data) return open_file(find_mnist(*options.data).train_images, count, option);
    if (options.train) return open_file(*options.train, count, option);
    return draw(options, DigitSet::train, count, threads);
}

Images open_test_images(const SourceOptions& options, std::optional<Index> count, int threads,
                        const std::string& option) {
    if (!options.has_test()) return {};
    if (options.data) return open_file(find_mnist(*options.data).test_images, count, option);
    if (options.test) return open_file(*options.test, count, option);
    return draw(options, DigitSet::test, count, threads);
}

ShardedImages shard_training_images(const mpi::Communicator& comm, const SourceOptions& options,
                                    std::optional<Index> count, int threads) {
    return shard_images(
        comm, [&] { return open_training_images(options, count, threads); }, threads);
}

Index check_images(const SourceOptions& source, std::optional<Index> train_count,
                   std::optional<Index> test_count) {
    const Images train = open_training_images(source, train_count);
    const Images test = open_test_images(source, test_count);
    const Index pixels = train.source->rows() * train.source->cols();
    if (!test.source) return pixels;
    if (test.source->rows() == train.source->rows() && test.source->cols() == train.source->cols())
        return pixels;
    throw Error("the test images have another size than the training images: " + test.source->description() +
                "; expected " + std::to_string(train.source->rows()) + " x " +
                std::to_string(train.source->cols()));
}

void check_fit(const std::string& model, const Shape& shape, Index image_size, const std::string& images,
               bool decodes) {
    if (shape.inputs == image_size && (shape.outputs == image_size || !decodes)) return;
    throw Error("--model " + model + ": the network takes " + std::to_string(shape.inputs) +
                " pixels and gives " + std::to_string(shape.outputs) + ", but the images have " +
                std::to_string(image_size) + ": " + images);
}

}  // namespace sae
