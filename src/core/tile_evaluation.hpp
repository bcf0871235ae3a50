#pragma once
#include <omp.h>

#include <cmath>
#include <cstdlib>
#include <type_traits>

#include "sae/core/evaluation.hpp"
#include "sae/core/fixed_point.hpp"
#include "sae/core/sparsity.hpp"

namespace sae {

/// One thread's room for one tile, and its sums over its tiles. `T` are the products' numbers, `Sum` is
/// int64 for exact sums (or double for plain ones, to compare with).
template <class T, class Sum>
struct Workspace {
    AlignedVector<T> x, a2, delta3, delta3_strips, g, a2_transposed, delta2_strips, x_transposed;
    AlignedVector<T> hidden_lanes, b1_lanes, b2_lanes;
    /// Each unit's activations in whole units, their rests, and last the number of sums that are not finite.
    std::vector<std::int64_t> hidden_sums;
    AlignedVector<Sum> gradient;
    ExactSum squares;
    bool finite = true;
    PhaseTimes times;

    Workspace(const Shape& shape, Index widest_tile, bool keep_activations);
};

/// The evaluation in numbers of type T; see Evaluation.
template <class T, class Sum = std::int64_t>
class TileEvaluation final : public Evaluation {
  public:
    TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x, const ColumnTiles& y);

    const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                           Combine& combine) override;
    [[nodiscard]] double unit(Index index) const override;
    [[nodiscard]] Index next_unit(Index index) const override;
    [[nodiscard]] std::span<const double> mean_activations() const override { return rho_hat_; }
    [[nodiscard]] PhaseTimes& times() override { return rooms_.front().times; }

    /// The sums as they were added up, of type Sum.
    [[nodiscard]] std::span<const Sum> sums() const { return rooms_.front().gradient; }

  private:
    using Room = Workspace<T, Sum>;

    [[nodiscard]] const Shape& shape() const { return settings_.shape; }
    [[nodiscard]] Index first_tile(int thread) const;

    void pack(const double* theta, Room& room, int thread);
    void reset(Room& room) const;
    void first_pass(const double* theta, Combine& combine);
    void start_means(Combine& combine);
    void combine_means(Combine& combine);
    void second_pass(const double* theta, Combine& combine);
    void work_off(const double* theta, Combine& combine, int thread);
    void share_means(Combine& combine, int thread);
    void activate(const double* theta, Room& room, Index tile, T* a2);
    void output_half(const double* theta, Room& room, Index tile, Combine& combine, int thread);
    void hidden_half(Room& room, Index tile, Combine& combine, int thread);
    void add_hidden_sums(Room& room);
    void set_hidden_bounds();
    void merge(Index first, Index last, int thread);
    [[nodiscard]] T* activations(Room& room, Index tile);
    void add_lanes(Room& room, const AlignedVector<T>& lanes, Index first, Index count);

    EvaluationSettings settings_;
    const ColumnTiles& x_;
    const ColumnTiles& y_;
    const TileKernels<T>& kernels_;
    Hyperparameters hyperparameters_;
    AlignedVector<T> w1_, w2_, w2_transposed_;
    AlignedVector<T> stored_a2_;
    std::vector<Index> stored_offsets_;
    std::vector<double> magnitudes_, sparsity_, rho_hat_, w1_scales_;
    FixedPoint hidden_scale_, hidden_rest_, w2_scale_;
    std::vector<FixedPoint> w1_fixed_;
    std::vector<Room> rooms_;
    bool two_passes_ = false;
    PartialSums partial_;
};

}  // namespace sae
