#include "sae/core/formulas.hpp"

namespace sae::formulas {

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// theta = [W1, W2, b1, b2], read in place.
struct Parameters {
    Eigen::Map<const RowMajor> w1, w2;
    Eigen::Map<const Vector> b1, b2;

    Parameters(const Shape& s, std::span<const double> theta)
        : w1(theta.data() + s.w1(), s.hidden, s.inputs),
          w2(theta.data() + s.w2(), s.outputs, s.hidden),
          b1(theta.data() + s.b1(), s.hidden),
          b2(theta.data() + s.b2(), s.outputs) {}
};

/// f(z) = 1 / (1 + exp(-z))
Matrix logistic(const Matrix& z) {
    return (1 + (-z.array()).exp()).inverse();
}

/// f'(z) = a (1 - a), where a = f(z)
Matrix slope(const Matrix& a) {
    return a.array() * (1 - a.array());
}

}  // namespace

Matrix columns(std::span<const std::uint8_t> bytes, Index rows) {
    using Bytes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>;
    const auto count = static_cast<Index>(bytes.size()) / rows;
    return Eigen::Map<const Bytes>(bytes.data(), rows, count).cast<double>() / 255;
}

Activations feedforward(const Shape& shape, std::span<const double> theta, const Matrix& x) {
    const Parameters p(shape, theta);
    // z2 = W1 x + b1, a2 = f(z2)
    Matrix a2 = logistic((p.w1 * x).colwise() + p.b1);
    // z3 = W2 a2 + b2, a3 = f(z3)
    Matrix a3 = logistic((p.w2 * a2).colwise() + p.b2);
    return {std::move(a2), std::move(a3)};
}

CostAndGradient cost_and_gradient(const Shape& shape, std::span<const double> theta,
                                  const Hyperparameters& hyperparameters, const Matrix& x, const Matrix& y) {
    const Parameters p(shape, theta);
    const auto [lambda, rho, beta] = hyperparameters;
    const auto m = static_cast<double>(x.cols());
    const auto [a2, a3] = feedforward(shape, theta, x);
    CostAndGradient result{{}, Vector(shape.size())};

    // J = 1/(2m) sum ||a3 - y||^2 + lambda/2 (||W1||^2 + ||W2||^2) + beta sum_j KL(rho || rho_hat_j)
    result.cost.reconstruction = (a3 - y).squaredNorm() / (2 * m);
    result.cost.weight_decay = lambda / 2 * (p.w1.squaredNorm() + p.w2.squaredNorm());

    // delta3 = -(y - a3) f'(z3), before f'(z2): W2^T delta3
    const Matrix delta3 = (a3 - y).cwiseProduct(slope(a3));
    Matrix back = p.w2.transpose() * delta3;
    if (hyperparameters.sparse()) {
        // rho_hat = mean of a2; KL(p || q) = p log(p/q) + (1-p) log((1-p)/(1-q))
        const Eigen::ArrayXd rho_hat = a2.rowwise().mean();
        result.cost.sparsity =
            beta * (rho * (rho / rho_hat).log() + (1 - rho) * ((1 - rho) / (1 - rho_hat)).log()).sum();
        // delta2 = (W2^T delta3 + beta (-rho/rho_hat + (1-rho)/(1-rho_hat))) f'(z2)
        back.colwise() += (beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))).matrix();
    }
    const Matrix delta2 = back.cwiseProduct(slope(a2));

    // dW1 = delta2 x^T / m + lambda W1, dW2 = delta3 a2^T / m + lambda W2; db1, db2 the means of the deltas
    double* const g = result.gradient.data();
    Eigen::Map<RowMajor>(g + shape.w1(), shape.hidden, shape.inputs) =
        delta2 * x.transpose() / m + lambda * p.w1;
    Eigen::Map<RowMajor>(g + shape.w2(), shape.outputs, shape.hidden) =
        delta3 * a2.transpose() / m + lambda * p.w2;
    Eigen::Map<Vector>(g + shape.b1(), shape.hidden) = delta2.rowwise().mean();
    Eigen::Map<Vector>(g + shape.b2(), shape.outputs) = delta3.rowwise().mean();
    return result;
}

}  // namespace sae::formulas
