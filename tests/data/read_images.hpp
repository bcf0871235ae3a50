#pragma once
#include <string>

#include "sae/core/error.hpp"
#include "sae/data/image_file.hpp"
#include "temporary_directory.hpp"

namespace sae::test {

/// The bytes of the images [first, first + count).
inline std::string read_images(ImageSource& source, Index first, Index count) {
    std::string bytes(static_cast<std::size_t>(count * source.image_size()), ' ');
    source.read(first, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    return bytes;
}

/// The message of opening `contents` as images and reading them all; the file is called FILE in it.
inline std::string failure_of_images(const std::string& contents) {
    const TemporaryDirectory directory;
    const std::string path = directory / "file";
    write_text(path, contents);
    std::string message = message_of<Error>([&] {
        const auto source = open_image_file(path);
        (void)read_images(*source, 0, source->count());
    });
    const std::size_t position = message.find(path);
    if (position != std::string::npos) message.replace(position, path.size(), "FILE");
    return message;
}

}  // namespace sae::test
