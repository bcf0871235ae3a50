#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "catch.hpp"
#include "sae/core/error.hpp"
#include "sae/data/image_file.hpp"
#include "sae/data/model_file.hpp"
#include "sae/data/npy.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

namespace {

bool run(const std::string& command) {
    return std::system((SAE_PYTHON " " + command).c_str()) == 0;
}

bool numpy_is_missing() {
    const bool missing = !run("-c 'import numpy' 2>/dev/null");
    if (missing) WARN("skipped: " SAE_PYTHON " has no NumPy (Debian package python3-numpy)");
    return missing;
}

/// Element i of theta; python_formats.py has the same.
double element(std::size_t i) {
    return (static_cast<double>(i) - 7) / 3;
}

std::vector<double> example_theta(const Shape& shape) {
    std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = element(i);
    return theta;
}

}  // namespace

TEST_CASE("five lines of NumPy read a model") {
    if (numpy_is_missing()) return;
    TemporaryDirectory directory;
    const Shape shape{5, 3, 4};
    write_model(directory / "model.safetensors", shape, example_theta(shape),
                {{"lambda", "0.1"}, {"name", "\xc3\xa9"}});
    CHECK(run(SAE_PYTHON_FORMATS " check-model " + (directory / "model.safetensors")));
}

TEST_CASE("a model that NumPy wrote is read, F64 and F32") {
    if (numpy_is_missing()) return;
    for (const char* dtype : {"F64", "F32"}) {
        TemporaryDirectory directory;
        REQUIRE(run(SAE_PYTHON_FORMATS " write-model " + (directory / "m") + " " + dtype));
        const Model model = read_model(directory / "m");
        const Shape shape{5, 3, 4};
        REQUIRE(model.shape == shape);
        const bool narrow = dtype == std::string("F32");
        for (std::size_t i = 0; i < model.theta.size(); ++i) {
            CHECK(model.theta[i] ==
                  (narrow ? static_cast<double>(static_cast<float>(element(i))) : element(i)));
        }
    }
}

TEST_CASE("images that NumPy wrote are read, in every version of the format") {
    if (numpy_is_missing()) return;
    TemporaryDirectory directory;
    REQUIRE(run(SAE_PYTHON_FORMATS " write-images " + (directory / "") + " 2>/dev/null"));
    for (const std::string name : {"version-1", "version-2", "version-3", "pixels"}) {
        const auto source = open_image_file(directory / (name + ".npy"));
        CHECK(source->count() == 4);
        CHECK(source->rows() == (name == "pixels" ? 1 : 5));
        std::vector<std::uint8_t> images(120);
        source->read(0, images);
        for (std::size_t i = 0; i < images.size(); ++i) CHECK(images[i] == i);
    }
}

TEST_CASE("the line of NumPy in a refusal makes the array one of images") {
    if (numpy_is_missing()) return;
    TemporaryDirectory directory;
    REQUIRE(run(SAE_PYTHON_FORMATS " write-images " + (directory / "") + " 2>/dev/null"));
    for (const std::string name : {"float", "bool", "fortran"}) {
        const std::string path = directory / (name + ".npy");
        const std::string message = message_of<Error>([&] { (void)open_image_file(path); });
        REQUIRE(run(SAE_PYTHON_FORMATS " convert-images " + path + " '" + message + "'"));
        std::vector<std::uint8_t> images(120);
        open_image_file(path)->read(0, images);
        for (std::size_t i = 0; i < images.size(); ++i) {
            CHECK(images[i] == (name == "bool" ? (i > 60 ? 255 : 0) : i));
        }
    }
}

TEST_CASE("numpy.load reads a .npy file") {
    if (numpy_is_missing()) return;
    TemporaryDirectory directory;
    NpyWriter file(directory / "a.npy", 6, 7);
    for (std::size_t row = 0; row < 6; ++row) {
        std::vector<double> values;
        for (std::size_t column = 0; column < 7; ++column) values.push_back(element(row * 7 + column));
        file.append(values);
    }
    file.commit();
    CHECK(run(SAE_PYTHON_FORMATS " check-npy " + (directory / "a.npy")));
}
