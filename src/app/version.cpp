#include "sae/app/version.hpp"

#include <unistd.h>

#include <Eigen/Core>
#include <array>

#include "sae/core/arithmetic.hpp"

namespace sae {
namespace {

std::string c_library() {
    std::array<char, 64> name{};
    return ::confstr(_CS_GNU_LIBC_VERSION, name.data(), name.size()) > 0 ? name.data() : "unknown";
}

}  // namespace

std::string program_version() {
    return SAE_VERSION;
}

std::string version_text(const std::string& mpi_library, const std::string& kernels) {
    const std::string eigen = std::to_string(EIGEN_WORLD_VERSION) + '.' +
                              std::to_string(EIGEN_MAJOR_VERSION) + '.' + std::to_string(EIGEN_MINOR_VERSION);
    return "sae-mpi " SAE_VERSION "\narithmetic: version " + std::to_string(arithmetic_version) +
           "\nkernels: " + kernels + "\ncompiler: " SAE_COMPILER "\nC library: " + c_library() +
           "\nMPI: " + mpi_library + "\nEigen: " + eigen +
           "\nLBFGSpp: " SAE_LBFGSPP_VERSION "\nBoost: " SAE_BOOST_VERSION "\n";
}

}  // namespace sae
