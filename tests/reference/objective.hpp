#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "exact_sum.hpp"
#include "functions.hpp"

namespace reference {

struct Settings {
    std::size_t columns = 0, visible = 0, hidden = 0;
    double lambda = 0, rho = 0, beta = 0;

    [[nodiscard]] std::size_t w2() const { return hidden * visible; }
    [[nodiscard]] std::size_t b1() const { return 2 * w2(); }
    [[nodiscard]] std::size_t b2() const { return b1() + hidden; }
    [[nodiscard]] std::size_t size() const { return b2() + visible; }
};

/// Cost, its terms and the gradient of theta = [W1, W2, b1, b2].
struct Point {
    double cost = std::numeric_limits<double>::infinity();
    double weight_squares = 0;  ///< ||W1||^2 + ||W2||^2, from the caller
    std::vector<double> gradient;
};

/// Section "One evaluation", in the number type T of the products: double or float. One column after the
/// other, one tile after the other; elements are named as in the specification.
template <class T>
class Objective {
  public:
    /// `bytes` holds the columns one after the other.
    Objective(const Settings& settings, std::vector<std::uint8_t> bytes) : s_(settings) {
        for (const std::uint8_t byte : bytes) x_.push_back(static_cast<T>(byte) / T{255});
        const std::size_t units = (s_.columns + 31) / 32;
        const std::size_t target = std::clamp<std::size_t>(s_.columns / 4, 128, 512);
        const std::size_t tiles = std::max<std::size_t>(1, (s_.columns + target / 2) / target);
        for (std::size_t k = 0; k <= tiles; ++k)
            tile_begins_.push_back(
                std::min(s_.columns, 32 * (units / tiles * k + units % tiles * k / tiles)));
        groups_ = (s_.columns + 7) / 8 + tiles;
        a2_.resize(s_.columns * s_.hidden);
        g_.resize(a2_.size());
        delta3_.resize(s_.columns * s_.visible);
        column_squares_.resize(s_.columns);
    }

    /// Fills point.cost and point.gradient; an infinite cost where a number is not finite.
    void evaluate(const std::vector<double>& theta, Point& point) {
        theta_ = &theta;
        w1_transposed_ = transposed(theta.data(), s_.hidden, s_.visible);
        w2_transposed_ = transposed(theta.data() + s_.w2(), s_.visible, s_.hidden);
        w2_.assign(theta.begin() + difference(s_.w2()), theta.begin() + difference(s_.b1()));
        biases_.assign(theta.begin() + difference(s_.b1()), theta.end());
        point.cost = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < s_.columns; ++c) forward(c);
        std::vector<double> sparsity(s_.hidden, 0.0);
        double sparsity_cost = 0;
        if (s_.beta != 0 && !(mean_activations() && sparsity_term(sparsity, sparsity_cost))) return;
        ExactSum squares;
        for (std::size_t c = 0; c < s_.columns; ++c) output_deltas(c);
        if (!add_squares(squares)) return;
        if (!hidden_exponents(sparsity)) return;
        sums_.assign(s_.size(), 0);
        const int of_outputs = fixed_point_exponent(static_cast<double>(s_.columns) * (4.0 / 27));
        gradient_of_outputs(of_outputs);
        for (std::size_t c = 0; c < s_.columns; ++c) hidden_deltas(c, sparsity);
        gradient_of_hidden();
        finish(theta, of_outputs, point.gradient);
        const auto m = static_cast<double>(s_.columns);
        point.cost = squares.value() / (2 * m) + s_.lambda / 2 * point.weight_squares + sparsity_cost;
    }

  private:
    static std::ptrdiff_t difference(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }
    T b1(std::size_t j) const { return biases_[j]; }
    T b2(std::size_t k) const { return biases_[s_.hidden + k]; }

    /// The transpose of a row-major matrix of `rows` rows, rounded to T.
    static std::vector<T> transposed(const double* matrix, std::size_t rows, std::size_t columns) {
        std::vector<T> result(rows * columns);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                result[j * rows + i] = static_cast<T>(matrix[i * columns + j]);
        return result;
    }

    /// Step 1, a2 of a column. A pixel that is 0 changes no chain.
    void forward(std::size_t c) {
        std::vector<T> z(s_.hidden, T{0});
        for (std::size_t i = 0; i < s_.visible; ++i) {
            const T x = x_[c * s_.visible + i];
            if (x == 0) continue;
            for (std::size_t j = 0; j < s_.hidden; ++j)
                z[j] = std::fma(w1_transposed_[i * s_.hidden + j], x, z[j]);
        }
        for (std::size_t j = 0; j < s_.hidden; ++j) a2_[c * s_.hidden + j] = logistic(z[j] + b1(j));
    }

    /// Steps 4, 5 and 8: delta3 and the errors' squares of a column, and g = W2^T delta3.
    void output_deltas(std::size_t c) {
        const T* const a2 = a2_.data() + c * s_.hidden;
        T* const delta3 = delta3_.data() + c * s_.visible;
        T* const g = g_.data() + c * s_.hidden;
        std::fill(g, g + s_.hidden, T{0});
        std::vector<T> z(s_.visible, T{0});
        for (std::size_t j = 0; j < s_.hidden; ++j)
            for (std::size_t k = 0; k < s_.visible; ++k)
                z[k] = std::fma(w2_transposed_[j * s_.visible + k], a2[j], z[k]);
        double squares = 0;
        T run = 0;
        for (std::size_t k = 0; k < s_.visible; ++k) {
            const T* const w2 = w2_.data() + k * s_.hidden;
            const T a3 = logistic(z[k] + b2(k));
            const T e = a3 - x_[c * s_.visible + k];
            delta3[k] = e * (a3 * (T{1} - a3));
            run = std::fma(e, e, run);
            if (k % 12 == 11 || k + 1 == s_.visible) {
                squares += static_cast<double>(run);
                run = 0;
            }
            for (std::size_t j = 0; j < s_.hidden; ++j) g[j] = std::fma(w2[j], delta3[k], g[j]);
        }
        column_squares_[c] = squares;
    }

    /// Step 8.
    void hidden_deltas(std::size_t c, const std::vector<double>& sparsity) {
        for (std::size_t j = 0; j < s_.hidden; ++j) {
            const T a = a2_[c * s_.hidden + j];
            T& g = g_[c * s_.hidden + j];
            g = (g + static_cast<T>(sparsity[j])) * (a * (T{1} - a));
        }
    }

    /// Calls act(sum) with the sum over each group of eight columns of a tile of value(c), in pairs.
    template <class U, class Value, class Act>
    void for_groups(Value value, Act act) const {
        for (std::size_t tile = 0; tile + 1 < tile_begins_.size(); ++tile) {
            for (std::size_t c = tile_begins_[tile]; c < tile_begins_[tile + 1]; c += 8) {
                U of_group[8] = {};
                for (std::size_t i = 0; i < 8 && c + i < tile_begins_[tile + 1]; ++i)
                    of_group[i] = value(c + i);
                act(static_cast<double>(tree_of_eight(of_group)));
            }
        }
    }

    /// Step 5.
    bool add_squares(ExactSum& squares) const {
        bool finite = true;
        for_groups<double>([&](std::size_t c) { return column_squares_[c]; },
                           [&](double sum) {
                               finite = finite && std::isfinite(sum);
                               squares.add(sum);
                           });
        return finite;
    }

    /// Step 2, mean activations: whole units and what they lack.
    bool mean_activations() {
        const auto m = static_cast<double>(s_.columns);
        const int whole = fixed_point_exponent(m);
        const int rest = whole + rest_bits();
        bool finite = true;
        rho_hat_.assign(s_.hidden, 0.0);
        for (std::size_t j = 0; j < s_.hidden; ++j) {
            std::int64_t wholes = 0, rests = 0;
            for_groups<T>([&](std::size_t c) { return a2_[c * s_.hidden + j]; },
                          [&](double sum) {
                              finite = finite && std::isfinite(sum);
                              if (!finite) return;
                              const std::int64_t units = to_fixed(sum, whole);
                              wholes += units;
                              rests += to_fixed(sum - from_fixed(units, whole), rest);
                          });
            rho_hat_[j] = (from_fixed(wholes, whole) + from_fixed(rests, rest)) / m;
        }
        rest_error_ = static_cast<double>(groups_) * std::ldexp(1.0, -rest) / m;
        return finite;
    }

    [[nodiscard]] int rest_bits() const {
        return std::min(40, 62 - static_cast<int>(std::bit_width(groups_ - 1)));
    }

    /// Step 3.
    bool sparsity_term(std::vector<double>& derivative, double& cost) const {
        const double p = s_.rho;
        double sum = 0;
        for (std::size_t j = 0; j < s_.hidden; ++j) {
            const double q = rho_hat_[j];
            const double on = p * logarithm(p / q);
            const double off = (1 - p) * logarithm((1 - p) / (1 - q));
            sum += on + off;
            derivative[j] = s_.beta * (-p / q + (1 - p) / (1 - q));
        }
        cost = s_.beta * sum;
        return std::isfinite(cost);
    }

    /// Step 6, scales.
    bool hidden_exponents(const std::vector<double>& sparsity) {
        exponents_.assign(s_.hidden, 0);
        const auto m = static_cast<double>(s_.columns);
        for (std::size_t j = 0; j < s_.hidden; ++j) {
            double magnitude = 0;
            for (std::size_t k = 0; k < s_.visible; ++k)
                magnitude += std::abs((*theta_)[s_.w2() + k * s_.hidden + j]);
            constexpr double lane_error = sizeof(T) == 4 ? 0x1p-20 : 0x1p-48;
            const double slope =
                s_.beta != 0 ? std::min({0.25, rho_hat_[j] + rest_error_, 1 - rho_hat_[j] + lane_error})
                             : 0.25;
            const double term = std::abs(sparsity[j]);
            const double bound = m * slope * (4.0 / 27 * magnitude + term);
            if (!std::isfinite(bound) || magnitude + term > std::numeric_limits<T>::max() / 1024.0)
                return false;
            exponents_[j] = fixed_point_exponent(bound);
        }
        return true;
    }

    /// Step 7, dW2 and db2.
    void gradient_of_outputs(int exponent) {
        std::vector<T> row(s_.hidden);
        for (std::size_t tile = 0; tile + 1 < tile_begins_.size(); ++tile) {
            for (std::size_t k = 0; k < s_.visible; ++k) {
                std::fill(row.begin(), row.end(), T{0});
                for (std::size_t c = tile_begins_[tile]; c < tile_begins_[tile + 1]; ++c)
                    for (std::size_t j = 0; j < s_.hidden; ++j)
                        row[j] = std::fma(delta3_[c * s_.visible + k], a2_[c * s_.hidden + j], row[j]);
                for (std::size_t j = 0; j < s_.hidden; ++j)
                    sums_[s_.w2() + k * s_.hidden + j] += to_fixed(row[j], exponent);
            }
        }
        for (std::size_t k = 0; k < s_.visible; ++k)
            for_groups<T>([&](std::size_t c) { return delta3_[c * s_.visible + k]; },
                          [&](double sum) { sums_[s_.b2() + k] += to_fixed(sum, exponent); });
    }

    /// Step 9, dW1 and db1; g_ holds delta2.
    void gradient_of_hidden() {
        std::vector<T> row(s_.visible);
        for (std::size_t j = 0; j < s_.hidden; ++j) {
            for (std::size_t tile = 0; tile + 1 < tile_begins_.size(); ++tile) {
                std::fill(row.begin(), row.end(), T{0});
                for (std::size_t c = tile_begins_[tile]; c < tile_begins_[tile + 1]; ++c)
                    for (std::size_t i = 0; i < s_.visible; ++i)
                        row[i] = std::fma(g_[c * s_.hidden + j], x_[c * s_.visible + i], row[i]);
                for (std::size_t i = 0; i < s_.visible; ++i)
                    sums_[j * s_.visible + i] += to_fixed(row[i], exponents_[j]);
            }
            for_groups<T>([&](std::size_t c) { return g_[c * s_.hidden + j]; },
                          [&](double sum) { sums_[s_.b1() + j] += to_fixed(sum, exponents_[j]); });
        }
    }

    /// Step 10, the gradient.
    void finish(const std::vector<double>& theta, int of_outputs, std::vector<double>& gradient) const {
        gradient.resize(s_.size());
        for (std::size_t i = 0; i < s_.size(); ++i) {
            const bool weight = i < s_.b1();
            const int exponent = i < s_.w2()              ? exponents_[i / s_.visible]
                                 : !weight && i < s_.b2() ? exponents_[i - s_.b1()]
                                                          : of_outputs;
            gradient[i] = std::fma(weight ? s_.lambda : 0.0, theta[i],
                                   from_fixed(sums_[i], exponent) / static_cast<double>(s_.columns));
        }
    }

    Settings s_;
    std::vector<T> x_;
    std::vector<std::size_t> tile_begins_;
    std::size_t groups_ = 0;
    const std::vector<double>* theta_ = nullptr;
    std::vector<T> w1_transposed_, w2_, w2_transposed_, biases_, a2_, g_, delta3_;
    std::vector<double> column_squares_, rho_hat_;
    double rest_error_ = 0;
    std::vector<int> exponents_;
    std::vector<std::int64_t> sums_;
};

}  // namespace reference
