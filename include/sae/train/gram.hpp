#pragma once
#include <span>
#include <vector>

namespace sae {

/// The dot products of all pairs of the history with y of the newest pair and with the newest gradient g.
/// Oldest pair first; the newest is included.
struct PairDots {
    std::vector<double> s_y;  ///< s_j . y_newest
    std::vector<double> y_y;  ///< y_j . y_newest
    std::vector<double> s_g;  ///< s_j . g
    std::vector<double> y_g;  ///< y_j . g
};

/// The coefficients of a direction d = sum_j (s[j] s_j + y[j] y_j) + g times the gradient; oldest pair first.
struct Coefficients {
    std::vector<double> s;
    std::vector<double> y;
    double g = 0;
};

/// The dot products of the history's pairs with each other and with g, which are all that L-BFGS needs to
/// choose a direction. With them the two-loop recursion (Nocedal and Wright, "Numerical Optimization", 2006,
/// algorithm 7.4) runs on 2 size + 1 coefficients instead of vectors (Chen, Wang and Zhou, "Large-scale
/// L-BFGS using MapReduce", 2014; the compact form of Byrd, Nocedal and Schnabel, 1994). It needs s_i . y_j
/// for i <= j, all y_i . y_j, and s_i . g, y_i . g.
class Gram {
  public:
    /// An empty history of at most `capacity` >= 1 pairs.
    explicit Gram(int capacity);

    [[nodiscard]] int capacity() const { return capacity_; }
    [[nodiscard]] int size() const { return size_; }

    /// Adds a pair; a full history loses its oldest one first. The vectors of `dots` have the new size().
    void push(const PairDots& dots);

    /// Removes the newest pair. The products of the others with g stay.
    void drop_newest();

    void clear() { size_ = 0; }

    /// The direction d = -H g, with H_0 = (s.y / y.y of the newest pair) I; -g for an empty history.
    [[nodiscard]] Coefficients direction() const;

    /// All numbers, for a checkpoint: s_i . y_j and y_i . y_j for i <= j, row by row, then s_i . g and y_i .
    /// g.
    [[nodiscard]] std::vector<double> numbers() const;

    /// Restores numbers() of a history of `size` pairs; throws Error if there are too many or too few.
    void restore(int size, std::span<const double> numbers);

    friend bool operator==(const Gram& a, const Gram& b) {
        return a.capacity_ == b.capacity_ && a.size_ == b.size_ && a.numbers() == b.numbers();
    }

  private:
    [[nodiscard]] std::size_t at(int i, int j) const { return static_cast<std::size_t>(i * capacity_ + j); }
    void drop_oldest();

    int capacity_;
    int size_ = 0;
    std::vector<double> s_y_;  // capacity x capacity, i <= j
    std::vector<double> y_y_;  // capacity x capacity, i <= j
    std::vector<double> s_g_;
    std::vector<double> y_g_;
};

}  // namespace sae
