#pragma once
#include <string>

#include "sae/core/kernels.hpp"

namespace sae {

/// What a short check of a kernel set finds; it takes under 10 ms, so every start of the program makes it.
struct KernelCheck {
    std::string name;        ///< of the set
    int vector_bits = 0;     ///< of the set's registers
    int processor_bits = 0;  ///< of the widest multiply-adds that this processor has
    double product = 0;      ///< a short matrix product in double, floating-point operations a second
    double peak = 0;         ///< multiply-adds on registers alone, likewise
};

/// Measures `set` on the calling thread; precondition: set.runs_here().
[[nodiscard]] KernelCheck check_kernels(const KernelSet& set);

/// A warning with advice: kernels for shorter vectors than the processor has, or products that are under a
/// third of the registers' rate (a good build reaches more than twice that). Empty if all is well.
[[nodiscard]] std::string complaint(const KernelCheck& found);

/// "native: AVX-512, vectors of 512 bits, a short product 95.1 of 118.0 GFLOP/s".
[[nodiscard]] std::string describe(const KernelCheck& found);

}  // namespace sae
