#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"
#include "tile_worker.hpp"

namespace sae {

/// The evaluation in numbers of type T; see Evaluation. It says which thread works on which tile when, and
/// when the ranks' sums are combined; what is done to a tile, see TileWorker.
template <class T, class Sum = std::int64_t>
class TileEvaluation final : public Evaluation {
  public:
    TileEvaluation(const EvaluationSettings& settings, const ColumnTiles& x, const ColumnTiles& y);
    TileEvaluation(const TileEvaluation&) = delete;
    TileEvaluation& operator=(const TileEvaluation&) = delete;

    const PartialSums& run(std::span<const double> theta, const Hyperparameters& hyperparameters,
                           Combine& combine) override;
    [[nodiscard]] double unit(Index index) const override { return inputs_.scales.unit(index); }
    [[nodiscard]] std::span<const double> mean_activations() const override {
        return inputs_.means.rho_hat();
    }
    [[nodiscard]] PhaseTimes& times() override { return workers_.front().times(); }

    /// The gradient's sums as they were added up, of type Sum.
    [[nodiscard]] std::span<const Sum> sums() const { return workers_.front().sums().gradient; }

  private:
    using Worker = TileWorker<T, Sum>;

    [[nodiscard]] Index next_unit(Index index) const override { return inputs_.scales.next_unit(index); }
    [[nodiscard]] Worker& worker(int thread) { return workers_[static_cast<std::size_t>(thread)]; }
    [[nodiscard]] Index first_tile(int thread) const;
    [[nodiscard]] T* activations(Worker& own, Index tile);

    void pack();
    void first_pass(Combine& combine);
    void second_pass(Combine& combine);
    void output_half(Worker& own, Index tile, Combine& combine);
    void start_means(Combine& combine);
    void finish_means(Combine& combine);
    void share_means(Combine& combine, int thread);
    [[nodiscard]] bool set_hidden_scales();
    void meet(int thread);
    void merge(Index first, Index last, int thread);

    EvaluationSettings settings_;
    Hyperparameters hyperparameters_;
    TileInputs<T> inputs_;
    std::vector<Worker> workers_;
    std::vector<std::span<Sum>> team_sums_;  ///< of each member of the team
    std::vector<std::span<const std::int64_t>> of_team_;
    bool two_passes_ = false;
    /// Of two passes: a2 of all tiles, and where each tile's begins, the end last.
    AlignedVector<T> stored_a2_;
    std::vector<Index> stored_offsets_;
    PartialSums partial_;
};

}  // namespace sae
