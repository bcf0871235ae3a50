// The second implementation of docs/arithmetic.md: plain loops on one thread, without a line of the program.
//
//   reference_train IMAGES PRECISION HIDDEN LAMBDA RHO BETA SEED ITERATIONS HISTORY GRADIENT_TOLERANCE
//                   COST_TOLERANCE
//
// trains on the IDX file IMAGES and prints a line an iteration (its number, evaluations so far, cost,
// gradient norm and step, as hexadecimal floating-point numbers), then the SHA-256 of the parameters.
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "lbfgs.hpp"

namespace reference {
namespace {

static_assert(std::endian::native == std::endian::little, "parameters are hashed as little-endian bytes");

std::vector<std::uint8_t> read_images(const std::string& path, Settings& settings) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> all((std::istreambuf_iterator<char>(file)), {});
    const auto number = [&](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(all.at(at + i));
        return value;
    };
    if (number(0) != 0x803) throw std::runtime_error(path + ": expected an IDX file of images");
    settings.columns = number(4);
    settings.visible = number(8) * number(12);
    if (all.size() != 16 + settings.columns * settings.visible)
        throw std::runtime_error(path + ": the size is not what the header says");
    return {all.begin() + 16, all.end()};
}

/// Section "Start".
Vector start(const Settings& settings, std::uint64_t seed) {
    Vector theta(settings.size());
    const double r = std::sqrt(6 / static_cast<double>(settings.hidden + settings.visible + 1));
    for (std::size_t i = 0; i < settings.b1(); ++i) theta[i] = r * (2 * uniform(seed, 0, i) - 1);
    return theta;
}

std::string sha256(const Vector& theta) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(theta.data(), theta.size() * sizeof(double), digest, &size, EVP_sha256(), nullptr);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", digest[i]);
        text += hex;
    }
    return text;
}

template <class T>
void train(const Settings& settings, const Limits& limits, std::vector<std::uint8_t> bytes, Vector theta) {
    Lbfgs<T> run(settings, limits, std::move(bytes), std::move(theta));
    const auto report = [&] {
        std::printf("%zu %zu %a %a %a\n", run.iterations, run.evaluations, run.cost(), run.gradient_norm(),
                    run.step);
    };
    report();
    while (!run.done()) {
        run.iterate();
        report();
    }
    std::printf("%s\n", sha256(run.theta()).c_str());
}

void main_program(const std::vector<std::string>& words) {
    Settings settings;
    std::vector<std::uint8_t> bytes = read_images(words.at(0), settings);
    settings.hidden = std::stoul(words.at(2));
    settings.lambda = std::stod(words.at(3));
    settings.rho = std::stod(words.at(4));
    settings.beta = std::stod(words.at(5));
    const Vector theta = start(settings, std::stoull(words.at(6)));
    const Limits limits{std::stoul(words.at(8)), std::stoul(words.at(7)), std::stod(words.at(9)),
                        std::stod(words.at(10))};
    if (words.at(1) == "double")
        train<double>(settings, limits, std::move(bytes), theta);
    else
        train<float>(settings, limits, std::move(bytes), theta);
}

}  // namespace
}  // namespace reference

int main(int argc, char** argv) {
    try {
        reference::main_program({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "reference_train: %s\n", error.what());
        return 1;
    }
    return 0;
}
