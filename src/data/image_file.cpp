#include "sae/data/image_file.hpp"

#include "image_array.hpp"
#include "sae/data/readable.hpp"

namespace sae {
namespace {

class ImageFile final : public ImageSource {
  public:
    explicit ImageFile(const std::string& path)
        : contents_(path),
          array_(is_npy(contents_) ? read_npy_header(contents_) : read_idx_header(contents_)) {
        check_size();
    }

    [[nodiscard]] Index count() const override { return array_.count; }
    [[nodiscard]] Index rows() const override { return array_.rows; }
    [[nodiscard]] Index cols() const override { return array_.cols; }
    [[nodiscard]] bool random_access() const override { return !contents_.compressed(); }
    [[nodiscard]] std::string description() const override {
        return array_.format + (" " + readable(contents_.path())) + ": " + std::to_string(count()) + " images of " +
               std::to_string(rows()) + " x " + std::to_string(cols());
    }

  private:
    void read_range(Index first, std::span<std::uint8_t> images) override {
        contents_.read_at(array_.header_size + first * image_size(), std::as_writable_bytes(images));
    }
    void check_size();

    FileContents contents_;
    ImageArray array_;
};

void ImageFile::check_size() {
    const std::string says = "its header says " + array_.dimensions;
    if (count() == 0 || rows() == 0 || cols() == 0) {
        contents_.fail(says + ", expected dimensions of at least 1");
    }
    Index size = 0;
    if (__builtin_mul_overflow(rows(), cols(), &size) || __builtin_mul_overflow(count(), size, &size) ||
        __builtin_add_overflow(array_.header_size, size, &size)) {
        contents_.fail(says + ", which is more than 2^63 - 1 bytes");
    }
    contents_.expect_size(size,
                          "a header of " + std::to_string(array_.header_size) + " and " + array_.dimensions);
}

}  // namespace

std::unique_ptr<ImageSource> open_image_file(const std::filesystem::path& path) {
    return std::make_unique<ImageFile>(path.string());
}

}  // namespace sae
