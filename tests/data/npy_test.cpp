#include "sae/data/npy.hpp"

#include <vector>

#include "catch.hpp"
#include "safetensors_text.hpp"
#include "temporary_directory.hpp"

using namespace sae;
using namespace sae::test;

TEST_CASE("the bytes of a .npy file") {
    TemporaryDirectory directory;
    NpyWriter file(directory / "a.npy", 2, 3);
    file.append(std::vector{1.0, 2.0, 3.0});
    file.append(std::vector{4.0, 5.0, 6.0});
    file.commit();
    std::string description = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
    description.resize(128 - 10 - 1, ' ');
    const std::string header = std::string("\x93NUMPY\x01\0\x76\0", 10) + description + "\n";
    CHECK(header.size() == 128);
    CHECK(read_text(directory / "a.npy") == header + bytes_of(std::vector{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}));
}

TEST_CASE("the data of a .npy file begin at a multiple of 64 bytes, whatever the shape") {
    for (const Index rows : {Index{0}, Index{9}, Index{99'999}, Index{1'000'000'000'000}}) {
        TemporaryDirectory directory;
        {
            NpyWriter file(directory / "a.npy", rows, 0);
            file.commit();
        }
        CHECK(read_text(directory / "a.npy").size() % 64 == 0);
    }
}

TEST_CASE("too many or too few elements are a logic error, and no file appears") {
    TemporaryDirectory directory;
    {
        NpyWriter file(directory / "a.npy", 1, 2);
        CHECK_THROWS_AS(file.append(std::vector{1.0, 2.0, 3.0}), std::logic_error);
        file.append(std::vector{1.0});
        CHECK_THROWS_AS(file.commit(), std::logic_error);
    }
    CHECK(directory.names().empty());
}
