// write_digits FILE COUNT: the first COUNT built-in training digits of seed 0 as an IDX file, which the
// second implementation reads.
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "sae/data/builtin_digits.hpp"

namespace {

void write(const std::string& path, sae::Index count) {
    sae::BuiltinDigits digits(0, sae::DigitSet::train, count);
    std::ofstream file(path, std::ios::binary);
    for (const sae::Index number : {sae::Index{0x803}, count, digits.rows(), digits.cols()})
        for (int shift = 24; shift >= 0; shift -= 8) file.put(static_cast<char>(number >> shift & 0xff));
    std::array<std::uint8_t, sae::BuiltinDigits::side * sae::BuiltinDigits::side> pixels{};
    for (sae::Index i = 0; i < count; ++i) {
        digits.draw(i, pixels);
        file.write(reinterpret_cast<const char*>(pixels.data()), pixels.size());
    }
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 3) throw std::runtime_error("expected a file and a number of images");
        write(argv[1], std::stol(argv[2]));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "write_digits: %s\n", error.what());
        return 1;
    }
    return 0;
}
