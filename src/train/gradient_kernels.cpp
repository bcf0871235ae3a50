#include "gradient_kernels.hpp"

namespace sae::kernels {

void finish_gradient(std::span<const std::int64_t> sums, const double* __restrict theta, GradientTerms terms,
                     double* __restrict gradient) {
    const std::int64_t* const sum = sums.data();
    for (std::size_t i = 0; i < sums.size(); ++i)
        gradient[i] = static_cast<double>(sum[i]) * terms.unit / terms.m + terms.lambda * theta[i];
}

}  // namespace sae::kernels
