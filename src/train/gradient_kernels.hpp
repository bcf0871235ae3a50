#pragma once
#include <cstdint>
#include <span>

/// The loop that makes a gradient of its exact sums, at the processor's vectors.
namespace sae::kernels {

/// gradient = unit / m times the sums, plus lambda theta.
struct GradientTerms {
    double unit;
    double m;
    double lambda;
};

/// All of equal length, and apart.
void finish_gradient(std::span<const std::int64_t> sums, const double* theta, GradientTerms terms,
                     double* gradient);

}  // namespace sae::kernels
