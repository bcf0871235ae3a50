#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/shape.hpp"

namespace sae::test {

/// The results of the oracle, in numbers of type L.
template <class L>
struct OracleNumbers {
    L reconstruction = 0;
    L weight_decay = 0;
    L sparsity = 0;
    std::vector<L> rho_hat;
    std::vector<L> gradient;
    std::vector<L> outputs;  ///< a3, column after column

    [[nodiscard]] L cost() const { return reconstruction + weight_decay + sparsity; }
};

using OracleResult = OracleNumbers<long double>;

/// Cost and gradient, one example after the other, by loops that follow the formulas of the literature: slow,
/// and independent of the code under test. In long double unless another type is given.
template <class L = long double>
OracleNumbers<L> oracle(const Shape& s, const std::vector<double>& theta, const Hyperparameters& hp,
                        const std::vector<std::uint8_t>& x, const std::vector<std::uint8_t>& y) {
    const auto at = [](Index i) { return static_cast<std::size_t>(i); };
    const Index m = static_cast<Index>(x.size()) / s.inputs;
    const auto f = [](L z) -> L { return 1 / (1 + std::exp(-z)); };
    const auto W1 = [&](Index j, Index i) { return static_cast<L>(theta[at(j * s.inputs + i)]); };
    const auto W2 = [&](Index k, Index j) { return static_cast<L>(theta[at(s.w2() + k * s.hidden + j)]); };
    const auto X = [&](Index i, Index c) { return static_cast<L>(x[at(c * s.inputs + i)] / 255.0); };
    const auto Y = [&](Index k, Index c) { return static_cast<L>(y[at(c * s.outputs + k)] / 255.0); };

    OracleNumbers<L> r;
    r.gradient.assign(at(s.size()), 0);
    r.rho_hat.assign(at(s.hidden), 0);
    std::vector<L> a2(at(m * s.hidden));
    for (Index c = 0; c < m; ++c)
        for (Index j = 0; j < s.hidden; ++j) {
            L z = static_cast<L>(theta[at(s.b1() + j)]);
            for (Index i = 0; i < s.inputs; ++i) z += W1(j, i) * X(i, c);
            a2[at(c * s.hidden + j)] = f(z);
            r.rho_hat[at(j)] += f(z) / static_cast<L>(m);
        }
    for (Index c = 0; c < m; ++c) {
        std::vector<L> delta3(at(s.outputs));
        for (Index k = 0; k < s.outputs; ++k) {
            L z = theta[at(s.b2() + k)];
            for (Index j = 0; j < s.hidden; ++j) z += W2(k, j) * a2[at(c * s.hidden + j)];
            const L a3 = f(z);
            r.outputs.push_back(a3);
            r.reconstruction += (a3 - Y(k, c)) * (a3 - Y(k, c)) / (2 * static_cast<L>(m));
            delta3[at(k)] = -(Y(k, c) - a3) * a3 * (1 - a3);
            r.gradient[at(s.b2() + k)] += delta3[at(k)] / static_cast<L>(m);
            for (Index j = 0; j < s.hidden; ++j)
                r.gradient[at(s.w2() + k * s.hidden + j)] +=
                    delta3[at(k)] * a2[at(c * s.hidden + j)] / static_cast<L>(m);
        }
        for (Index j = 0; j < s.hidden; ++j) {
            const L a = a2[at(c * s.hidden + j)], q = r.rho_hat[at(j)], p = hp.rho;
            L sum = hp.beta == 0 ? 0 : hp.beta * (-p / q + (1 - p) / (1 - q));
            for (Index k = 0; k < s.outputs; ++k) sum += W2(k, j) * delta3[at(k)];
            const L delta2 = sum * a * (1 - a);
            r.gradient[at(s.b1() + j)] += delta2 / static_cast<L>(m);
            for (Index i = 0; i < s.inputs; ++i)
                r.gradient[at(j * s.inputs + i)] += delta2 * X(i, c) / static_cast<L>(m);
        }
    }
    for (Index i = 0; i < s.b1(); ++i) {
        const L w = theta[at(i)];
        r.weight_decay += hp.lambda / 2 * w * w;
        r.gradient[at(i)] += hp.lambda * w;
    }
    if (hp.beta != 0)
        for (const L q : r.rho_hat)
            r.sparsity +=
                hp.beta * (hp.rho * std::log(hp.rho / q) + (1 - hp.rho) * std::log((1 - hp.rho) / (1 - q)));
    return r;
}

}  // namespace sae::test
