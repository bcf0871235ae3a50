#pragma once
#include <string>

#include "sae/core/kernels.hpp"

namespace sae {

/// The result of a short check of a kernel set. It takes under 10 ms, so the program makes it at every start.
struct KernelCheck {
    std::string name;        ///< of the set
    int vector_bits = 0;     ///< of the set's registers
    int processor_bits = 0;  ///< of the widest multiply-adds that this processor has
    double product = 0;      ///< a short matrix product in double, floating-point operations a second
    double peak = 0;         ///< multiply-adds on registers alone, likewise
};

/// Measures `set` on the calling thread; precondition: set.runs_here().
[[nodiscard]] KernelCheck check_kernels(const KernelSet& set);

/// A warning with advice if the kernels are for shorter vectors than the processor has, or if products reach
/// less than a third of the rate of multiply-adds on registers (a good build reaches more than two thirds).
/// Empty if all is well.
[[nodiscard]] std::string complaint(const KernelCheck& found);

/// "AVX-512, vectors of 512 bits, a short product 95.1 of 118.0 GFLOP/s".
[[nodiscard]] std::string describe(const KernelCheck& found);

}  // namespace sae
