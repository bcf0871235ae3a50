#include "sae/data/idx.hpp"

#include "idx_file.hpp"

namespace sae {
namespace {

class IdxImages final : public ImageSource {
  public:
    explicit IdxImages(const std::string& path) : file_(path, 3) {}

    [[nodiscard]] Index count() const override { return file_.sizes()[0]; }
    [[nodiscard]] Index rows() const override { return file_.sizes()[1]; }
    [[nodiscard]] Index cols() const override { return file_.sizes()[2]; }
    [[nodiscard]] bool random_access() const override { return !file_.compressed(); }
    [[nodiscard]] std::string description() const override {
        return "IDX file " + file_.path() + ": " + std::to_string(count()) + " images of " +
               std::to_string(rows()) + " x " + std::to_string(cols());
    }

  private:
    void read_range(Index first, std::span<std::uint8_t> images) override {
        file_.read(first * image_size(), std::as_writable_bytes(images));
    }

    IdxFile file_;
};

}  // namespace

std::unique_ptr<ImageSource> open_idx(const std::filesystem::path& path) {
    return std::make_unique<IdxImages>(path.string());
}

std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path) {
    IdxFile file(path.string(), 1);
    std::vector<std::uint8_t> labels(static_cast<std::size_t>(file.length()));
    file.read(0, std::as_writable_bytes(std::span(labels)));
    return labels;
}

}  // namespace sae
